package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.CpuStorage.address;

import org.transnormer.model.backend.Matmul;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * Products cut into slices for the pool. The cuts depend on the shape alone, and no sum is shared
 * between slices, so results do not depend on the number of threads.
 */
final class CpuMatmul implements Matmul {

  /** Slices of one product: enough for threads of unequal speed to even out. */
  private static final int MOST_SLICES = 8;

  /** Rows of x below which packing w for a slice costs more than the slice brings. */
  private static final int FEWEST_ROWS = 256;

  /** The same for rows of w. */
  private static final int FEWEST_OUTPUTS = 96;

  /** Rows up to which a stream over w is faster than packing it. */
  private static final int MOST_FEW_ROWS = 8;

  /** Slices start at multiples of it, so that kernels see whole tiles. */
  private static final int GRAIN = 16;

  /** Floats of a panel of w: large enough to be worth a product, small enough for a cache. */
  private static final int PANEL_FLOATS = 1 << 18;

  private final WorkerPool pool;
  private final Gemm gemm;
  private final Scratch[] scratch;

  CpuMatmul(WorkerPool pool, Gemm gemm) {
    this.pool = pool;
    this.gemm = gemm;
    this.scratch = Scratch.perWorker(pool);
  }

  @Override
  public void forward(Write write, Tensor y, Tensor x, Tensor w) {
    if (x.rows() <= MOST_FEW_ROWS) {
      forwardFew(write, y, x, w);
      return;
    }
    require(y, x, w);
    if (w.type() != ElementType.F32) {
      forwardWidening(write, y, x, w);
      return;
    }
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(x.rows());
    long ya = address(y);
    long xa = address(x);
    long wa = address(w);
    float beta = beta(write);
    if (rows >= outputs || rows >= MOST_SLICES * FEWEST_ROWS) {
      slices(
          rows,
          FEWEST_ROWS,
          (from, count) ->
              gemm.multiply(
                  false,
                  true,
                  count,
                  outputs,
                  inputs,
                  xa + from * Shapes.stride(x),
                  x.rowStride(),
                  wa,
                  inputs,
                  beta,
                  ya + from * Shapes.stride(y),
                  y.rowStride()));
    } else {
      slices(
          outputs,
          FEWEST_OUTPUTS,
          (from, count) ->
              gemm.multiply(
                  false,
                  true,
                  rows,
                  count,
                  inputs,
                  xa,
                  x.rowStride(),
                  wa + from * inputs * Float.BYTES,
                  inputs,
                  beta,
                  ya + from * Float.BYTES,
                  y.rowStride()));
    }
  }

  /** {@link #forward} with a w that becomes floats a panel at a time, while it is in the cache. */
  private void forwardWidening(Write write, Tensor y, Tensor x, Tensor w) {
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(x.rows());
    long ya = address(y);
    long xa = address(x);
    StoredRows stored = StoredRows.of(w);
    float beta = beta(write);
    int evenly = Math.max(FEWEST_OUTPUTS, Math.ceilDiv(outputs, MOST_SLICES));
    int panel = Math.max(GRAIN, Math.min(evenly, PANEL_FLOATS / inputs) / GRAIN * GRAIN);
    pool.run(
        Math.ceilDiv(outputs, panel),
        (task, worker) -> {
          int from = task * panel;
          int count = Math.min(panel, outputs - from);
          long floats = scratch[worker].floats((long) panel * inputs);
          for (int o = 0; o < count; o++) {
            stored.read(floats + (long) o * inputs * Float.BYTES, from + o);
          }
          gemm.multiply(
              false,
              true,
              rows,
              count,
              inputs,
              xa,
              x.rowStride(),
              floats,
              inputs,
              beta,
              ya + (long) from * Float.BYTES,
              y.rowStride());
        });
  }

  @Override
  public void forwardFew(Write write, Tensor y, Tensor x, Tensor w) {
    require(y, x, w);
    int outputs = Math.toIntExact(w.rows());
    FewRows product = FewRows.of(write == Write.ACCUMULATE, y, x, w);
    int perTask = FewRows.outputsPerTask(w);
    pool.run(
        Math.ceilDiv(outputs, perTask),
        (task, worker) ->
            product.multiply(
                task * perTask,
                Math.min(outputs, (task + 1) * perTask),
                scratch[worker].floats(FewRows.SCRATCH_FLOATS)));
  }

  private static void require(Tensor y, Tensor x, Tensor w) {
    Shapes.matrix("x", x, x.rows(), w.columns());
    Shapes.matrix("y", y, x.rows(), Math.toIntExact(w.rows()));
    Shapes.dense("w", w, w.elements());
  }

  @Override
  public void backwardInput(Write write, Tensor dx, Tensor dy, Tensor w) {
    int outputs = Math.toIntExact(w.rows());
    int inputs = w.columns();
    int rows = Math.toIntExact(dy.rows());
    Shapes.matrix("dx", dx, rows, inputs);
    Shapes.matrix("dy", dy, rows, outputs);
    Shapes.dense("w", w, (long) outputs * inputs);
    long dxa = address(dx);
    long dya = address(dy);
    long wa = address(w);
    float beta = beta(write);
    slices(
        rows,
        FEWEST_ROWS,
        (from, count) ->
            gemm.multiply(
                false,
                false,
                count,
                inputs,
                outputs,
                dya + from * Shapes.stride(dy),
                dy.rowStride(),
                wa,
                inputs,
                beta,
                dxa + from * Shapes.stride(dx),
                dx.rowStride()));
  }

  @Override
  public void backwardWeight(Tensor dw, Tensor dy, Tensor x) {
    int outputs = Math.toIntExact(dw.rows());
    int inputs = dw.columns();
    int rows = Math.toIntExact(dy.rows());
    Shapes.matrix("dy", dy, rows, outputs);
    Shapes.matrix("x", x, rows, inputs);
    Shapes.dense("dw", dw, (long) outputs * inputs);
    long dwa = address(dw);
    long dya = address(dy);
    long xa = address(x);
    slices(
        outputs,
        FEWEST_OUTPUTS,
        (from, count) ->
            gemm.multiply(
                true,
                false,
                count,
                inputs,
                rows,
                dya + from * Float.BYTES,
                dy.rowStride(),
                xa,
                x.rowStride(),
                1f,
                dwa + from * inputs * Float.BYTES,
                inputs));
  }

  private static float beta(Write write) {
    return write == Write.ACCUMULATE ? 1f : 0f;
  }

  @FunctionalInterface
  private interface Slice {
    void run(long from, int count);
  }

  /** An even number of slices where there is room for two, so that two threads end together. */
  private void slices(int length, int smallest, Slice slice) {
    int count = length < 2 * GRAIN ? 1 : Math.max(2, Math.min(MOST_SLICES, length / smallest));
    int even = Integer.highestOneBit(count);
    int size = Math.ceilDiv(Math.ceilDiv(length, even), GRAIN) * GRAIN;
    pool.run(
        Math.ceilDiv(length, size),
        (task, _) -> {
          int from = task * size;
          slice.run(from, Math.min(size, length - from));
        });
  }
}
