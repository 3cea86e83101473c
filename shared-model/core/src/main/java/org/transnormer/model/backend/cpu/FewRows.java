package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;

/**
 * y = x w^T for a handful of rows: a stream over w, each row of it multiplied with every x while it
 * is in registers. Every output is one chain of sums over the lanes, the tree of {@link Lanes#sum},
 * and one chain over what does not fill a vector, whatever tile computes it; so a row has the same
 * bits in any batch.
 *
 * <p>A tile's sums go through scratch memory: with the reduction in the same method the compiler's
 * inlining budget runs out, and vectors become objects.
 */
final class FewRows {

  private static final long VECTOR = (long) WIDTH * Float.BYTES;

  /** Bytes of w that make a task worth its hand-over. */
  private static final int BYTES_PER_TASK = 1 << 17;

  /** Rows of w that one tile takes; it takes one or two of x. */
  private static final int TILE = 4;

  static final int SCRATCH_FLOATS = 2 * TILE * WIDTH;

  private final boolean accumulate;
  private final long y;
  private final long yRow;
  private final long x;
  private final long xRow;
  private final long w;
  private final int rows;
  private final int inputs;
  private final int whole;

  /**
   * @param yStride in floats
   * @param xStride in floats
   */
  FewRows(
      boolean accumulate, long y, int yStride, long x, int xStride, long w, int rows, int inputs) {
    this.accumulate = accumulate;
    this.y = y;
    this.yRow = (long) yStride * Float.BYTES;
    this.x = x;
    this.xRow = (long) xStride * Float.BYTES;
    this.w = w;
    this.rows = rows;
    this.inputs = inputs;
    this.whole = inputs - inputs % WIDTH;
  }

  static int outputsPerTask(int inputs) {
    int outputs = BYTES_PER_TASK / (inputs * Float.BYTES);
    return Math.max(TILE, outputs / TILE * TILE);
  }

  /** Outputs [from, to) of every row. */
  void multiply(int from, int to, long scratch) {
    long wRow = (long) inputs * Float.BYTES;
    long end = (long) whole * Float.BYTES;
    int o = from;
    for (; o + TILE <= to; o += TILE) {
      long wo = w + o * wRow;
      int n = 0;
      for (; n + 2 <= rows; n += 2) {
        twoRows(scratch, x + n * xRow, xRow, wo, wRow, end);
        finish(scratch, n, o, TILE);
        finish(scratch + TILE * VECTOR, n + 1, o, TILE);
      }
      if (n < rows) {
        oneRow(scratch, x + n * xRow, wo, wRow, end);
        finish(scratch, n, o, TILE);
      }
    }
    for (; o < to; o++) {
      for (int n = 0; n < rows; n++) {
        single(scratch, x + n * xRow, w + o * wRow, end);
        finish(scratch, n, o, 1);
      }
    }
  }

  private static void twoRows(long sums, long x, long xRow, long w, long wRow, long end) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    FloatVector b0 = Lanes.zero();
    FloatVector b1 = Lanes.zero();
    FloatVector b2 = Lanes.zero();
    FloatVector b3 = Lanes.zero();
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector xa = Lanes.load(x + at);
      FloatVector xb = Lanes.load(x + xRow + at);
      FloatVector w0 = Lanes.load(w + at);
      a0 = w0.fma(xa, a0);
      b0 = w0.fma(xb, b0);
      FloatVector w1 = Lanes.load(w + wRow + at);
      a1 = w1.fma(xa, a1);
      b1 = w1.fma(xb, b1);
      FloatVector w2 = Lanes.load(w + 2 * wRow + at);
      a2 = w2.fma(xa, a2);
      b2 = w2.fma(xb, b2);
      FloatVector w3 = Lanes.load(w + 3 * wRow + at);
      a3 = w3.fma(xa, a3);
      b3 = w3.fma(xb, b3);
    }
    Lanes.store(sums, a0);
    Lanes.store(sums + VECTOR, a1);
    Lanes.store(sums + 2 * VECTOR, a2);
    Lanes.store(sums + 3 * VECTOR, a3);
    Lanes.store(sums + 4 * VECTOR, b0);
    Lanes.store(sums + 5 * VECTOR, b1);
    Lanes.store(sums + 6 * VECTOR, b2);
    Lanes.store(sums + 7 * VECTOR, b3);
  }

  private static void oneRow(long sums, long x, long w, long wRow, long end) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector xa = Lanes.load(x + at);
      a0 = Lanes.load(w + at).fma(xa, a0);
      a1 = Lanes.load(w + wRow + at).fma(xa, a1);
      a2 = Lanes.load(w + 2 * wRow + at).fma(xa, a2);
      a3 = Lanes.load(w + 3 * wRow + at).fma(xa, a3);
    }
    Lanes.store(sums, a0);
    Lanes.store(sums + VECTOR, a1);
    Lanes.store(sums + 2 * VECTOR, a2);
    Lanes.store(sums + 3 * VECTOR, a3);
  }

  private static void single(long sums, long x, long w, long end) {
    FloatVector sum = Lanes.zero();
    for (long at = 0; at < end; at += VECTOR) {
      sum = Lanes.load(w + at).fma(Lanes.load(x + at), sum);
    }
    Lanes.store(sums, sum);
  }

  /** Reduces the sums of outputs [o, o + count) of row n, adds what is left, and stores. */
  private void finish(long sums, int n, int o, int count) {
    for (int i = 0; i < count; i++) {
      float sum = Lanes.sum(Lanes.load(sums + i * VECTOR));
      if (whole < inputs) {
        sum += rest(x + n * xRow, w + (long) (o + i) * inputs * Float.BYTES);
      }
      long to = y + n * yRow + (long) (o + i) * Float.BYTES;
      Lanes.set(to, accumulate ? Lanes.get(to) + sum : sum);
    }
  }

  private float rest(long xn, long wo) {
    float sum = 0;
    for (int j = whole; j < inputs; j++) {
      long at = (long) j * Float.BYTES;
      sum = Math.fma(Lanes.get(xn + at), Lanes.get(wo + at), sum);
    }
    return sum;
  }
}
