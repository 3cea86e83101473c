package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * y = x w^T for a handful of rows: a stream over w, each row of it multiplied with every x while it
 * is in registers. Every output is one chain of sums over the lanes, then the tree of {@link
 * Lanes#sum}, whatever tile computes it; so a row has the same bits in any batch.
 */
final class FewRows {

  private static final long VECTOR = (long) WIDTH * Float.BYTES;

  /** Bytes of w that make a task worth its hand-over. */
  private static final int BYTES_PER_TASK = 1 << 17;

  /** Rows of w, and rows of x, that one tile takes. */
  private static final int TILE = 4;

  private FewRows() {}

  static int outputsPerTask(int inputs) {
    int outputs = BYTES_PER_TASK / (inputs * Float.BYTES);
    return Math.max(TILE, outputs / TILE * TILE);
  }

  /** Outputs [from, to) of every row; strides in floats. */
  static void multiply(
      boolean accumulate,
      long y,
      int yStride,
      long x,
      int xStride,
      long w,
      int rows,
      int inputs,
      int from,
      int to) {
    long wRow = (long) inputs * Float.BYTES;
    long xRow = (long) xStride * Float.BYTES;
    long yRow = (long) yStride * Float.BYTES;
    int o = from;
    for (; o + TILE <= to; o += TILE) {
      long wo = w + o * wRow;
      long yo = y + (long) o * Float.BYTES;
      int n = 0;
      for (; n + 2 <= rows; n += 2) {
        twoRows(accumulate, yo + n * yRow, yRow, x + n * xRow, xRow, wo, wRow, inputs);
      }
      if (n < rows) {
        oneRow(accumulate, yo + n * yRow, x + n * xRow, wo, wRow, inputs);
      }
    }
    for (; o < to; o++) {
      for (int n = 0; n < rows; n++) {
        float sum = single(x + n * xRow, w + o * wRow, inputs);
        put(accumulate, y + n * yRow + (long) o * Float.BYTES, sum);
      }
    }
  }

  private static void twoRows(
      boolean accumulate, long y, long yRow, long x, long xRow, long w, long wRow, int inputs) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    FloatVector b0 = Lanes.zero();
    FloatVector b1 = Lanes.zero();
    FloatVector b2 = Lanes.zero();
    FloatVector b3 = Lanes.zero();
    int whole = inputs - inputs % WIDTH;
    long end = (long) whole * Float.BYTES;
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
    if (whole < inputs) {
      VectorMask<Float> rest = Lanes.rest(whole, inputs);
      FloatVector xa = Lanes.load(x + end, rest);
      FloatVector xb = Lanes.load(x + xRow + end, rest);
      FloatVector w0 = Lanes.load(w + end, rest);
      a0 = w0.fma(xa, a0);
      b0 = w0.fma(xb, b0);
      FloatVector w1 = Lanes.load(w + wRow + end, rest);
      a1 = w1.fma(xa, a1);
      b1 = w1.fma(xb, b1);
      FloatVector w2 = Lanes.load(w + 2 * wRow + end, rest);
      a2 = w2.fma(xa, a2);
      b2 = w2.fma(xb, b2);
      FloatVector w3 = Lanes.load(w + 3 * wRow + end, rest);
      a3 = w3.fma(xa, a3);
      b3 = w3.fma(xb, b3);
    }
    put4(accumulate, y, a0, a1, a2, a3);
    put4(accumulate, y + yRow, b0, b1, b2, b3);
  }

  private static void oneRow(boolean accumulate, long y, long x, long w, long wRow, int inputs) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    int whole = inputs - inputs % WIDTH;
    long end = (long) whole * Float.BYTES;
    for (long at = 0; at < end; at += VECTOR) {
      FloatVector xa = Lanes.load(x + at);
      a0 = Lanes.load(w + at).fma(xa, a0);
      a1 = Lanes.load(w + wRow + at).fma(xa, a1);
      a2 = Lanes.load(w + 2 * wRow + at).fma(xa, a2);
      a3 = Lanes.load(w + 3 * wRow + at).fma(xa, a3);
    }
    if (whole < inputs) {
      VectorMask<Float> rest = Lanes.rest(whole, inputs);
      FloatVector xa = Lanes.load(x + end, rest);
      a0 = Lanes.load(w + end, rest).fma(xa, a0);
      a1 = Lanes.load(w + wRow + end, rest).fma(xa, a1);
      a2 = Lanes.load(w + 2 * wRow + end, rest).fma(xa, a2);
      a3 = Lanes.load(w + 3 * wRow + end, rest).fma(xa, a3);
    }
    put4(accumulate, y, a0, a1, a2, a3);
  }

  private static float single(long x, long w, int inputs) {
    FloatVector sum = Lanes.zero();
    int whole = inputs - inputs % WIDTH;
    long end = (long) whole * Float.BYTES;
    for (long at = 0; at < end; at += VECTOR) {
      sum = Lanes.load(w + at).fma(Lanes.load(x + at), sum);
    }
    if (whole < inputs) {
      VectorMask<Float> rest = Lanes.rest(whole, inputs);
      sum = Lanes.load(w + end, rest).fma(Lanes.load(x + end, rest), sum);
    }
    return Lanes.sum(sum);
  }

  private static void put4(
      boolean accumulate, long y, FloatVector s0, FloatVector s1, FloatVector s2, FloatVector s3) {
    put(accumulate, y, Lanes.sum(s0));
    put(accumulate, y + Float.BYTES, Lanes.sum(s1));
    put(accumulate, y + 2L * Float.BYTES, Lanes.sum(s2));
    put(accumulate, y + 3L * Float.BYTES, Lanes.sum(s3));
  }

  private static void put(boolean accumulate, long y, float sum) {
    Lanes.set(y, accumulate ? Lanes.get(y) + sum : sum);
  }
}
