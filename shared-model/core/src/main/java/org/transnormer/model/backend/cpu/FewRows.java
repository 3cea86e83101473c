package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;
import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import org.transnormer.model.tensor.Tensor;

/**
 * y = x w^T for a handful of rows: a stream over w, each row of it multiplied with every x while it
 * is in registers. Every output is one chain of sums over the lanes, the tree of {@link Lanes#sum},
 * and one chain over what does not fill a vector, whatever tile computes it; so a row has the same
 * bits in any batch. What w's elements are is a subclass's business.
 *
 * <p>A tile's sums go through scratch memory: with the reduction in the same method the compiler's
 * inlining budget runs out, and vectors become objects.
 */
abstract sealed class FewRows implements WorkerPool.Attempt
    permits FewRowsFloat, FewRowsBfloat16, FewRowsInt8 {

  static final long VECTOR = (long) WIDTH * Float.BYTES;

  /** Most rows of w in a tile. */
  static final int LARGEST_TILE = 4;

  private static final int SUMS = 2 * LARGEST_TILE * WIDTH;

  /** Bytes of w that make a task worth its hand-over. */
  private static final int BYTES_PER_TASK = 1 << 16;

  final long w;
  final int inputs;

  private final boolean accumulate;
  private final long y;
  private final long yRow;
  private final long x;
  private final long xRow;
  private final int rows;
  private final int outputs;
  private final int perTask;
  private final Scratch[] scratch;

  FewRows(boolean accumulate, Tensor y, Tensor x, Tensor w, Scratch[] scratch) {
    this.accumulate = accumulate;
    this.y = address(y);
    this.yRow = Shapes.stride(y);
    this.x = address(x);
    this.xRow = Shapes.stride(x);
    this.w = address(w, w.type());
    this.rows = Math.toIntExact(x.rows());
    this.inputs = w.columns();
    this.outputs = Math.toIntExact(w.rows());
    int most = BYTES_PER_TASK / (inputs * w.type().bytes());
    this.perTask = Math.max(LARGEST_TILE, most / LARGEST_TILE * LARGEST_TILE);
    this.scratch = scratch;
  }

  /**
   * @param scratch one for each worker
   */
  static FewRows of(boolean accumulate, Tensor y, Tensor x, Tensor w, Scratch[] scratch) {
    return switch (w.type()) {
      case F32 -> new FewRowsFloat(accumulate, y, x, w, scratch);
      case BF16 -> new FewRowsBfloat16(accumulate, y, x, w, scratch);
      case I8 -> new FewRowsInt8(accumulate, y, x, w, scratch);
    };
  }

  int tasks() {
    return Math.ceilDiv(outputs, perTask);
  }

  /** Results of a worker's task, row after row, behind the sums of a tile. */
  private long results(int worker) {
    return scratch[worker].floats(SUMS + (long) rows * perTask) + (long) SUMS * Float.BYTES;
  }

  @Override
  public void compute(int task, int worker) {
    long results = results(worker);
    int from = task * perTask;
    multiply(from, Math.min(outputs, from + perTask), results - (long) from * Float.BYTES);
  }

  @Override
  public void publish(int task, int worker) {
    long results = results(worker);
    int from = task * perTask;
    int count = Math.min(perTask, outputs - from);
    for (int n = 0; n < rows; n++) {
      long to = y + n * yRow + (long) from * Float.BYTES;
      long result = results + (long) n * perTask * Float.BYTES;
      if (accumulate) {
        for (long at = 0; at < (long) count * Float.BYTES; at += Float.BYTES) {
          Lanes.set(to + at, Lanes.get(to + at) + Lanes.get(result + at));
        }
      } else {
        Lanes.copy(to, result, count);
      }
    }
  }

  /**
   * Outputs [from, to) of every row.
   *
   * @param results where output 0 of row 0 would lie
   */
  private void multiply(int from, int to, long results) {
    long sums = results + (long) from * Float.BYTES - (long) SUMS * Float.BYTES;
    int tile = tile();
    int o = from;
    for (; o + tile <= to; o += tile) {
      int n = 0;
      for (; n + 2 <= rows; n += 2) {
        twoRows(sums, x + n * xRow, xRow, o);
        finish(results, sums, n, o, tile);
        finish(results, sums + tile * VECTOR, n + 1, o, tile);
      }
      if (n < rows) {
        oneRow(sums, x + n * xRow, o);
        finish(results, sums, n, o, tile);
      }
    }
    for (; o < to; o++) {
      for (int n = 0; n < rows; n++) {
        single(sums, x + n * xRow, o);
        finish(results, sums, n, o, 1);
      }
    }
  }

  /** Rows of w that one tile takes; it takes one or two of x. */
  abstract int tile();

  /** The sums of two rows of x with a tile of w from row o on: first all of the first's. */
  abstract void twoRows(long sums, long x, long xRow, int o);

  /** The sums of one row of x with a tile of w from row o on. */
  abstract void oneRow(long sums, long x, int o);

  /** The sum of one row of x with row o of w. */
  abstract void single(long sums, long x, int o);

  /** The output that the vectors' sum becomes, with what no vector has summed. */
  abstract float finished(float sum, long x, int o);

  /** Reduces the sums of outputs [o, o + count) of row n, and keeps what they become. */
  private void finish(long results, long sums, int n, int o, int count) {
    for (int i = 0; i < count; i++) {
      float sum = finished(Lanes.sum(sums + i * VECTOR), x + n * xRow, o + i);
      Lanes.set(results + ((long) n * perTask + o + i) * Float.BYTES, sum);
    }
  }
}
