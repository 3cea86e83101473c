package org.transnormer.model.backend.cpu;

import jdk.incubator.vector.FloatVector;
import org.transnormer.model.tensor.Tensor;

/** {@link FewRows} of a float matrix. */
final class FewRowsFloat extends FewRows {

  private final int whole;
  private final long wRow;
  private final long end;

  FewRowsFloat(boolean accumulate, Tensor y, Tensor x, Tensor w, Scratch[] scratch) {
    super(accumulate, y, x, w, scratch);
    this.whole = inputs - inputs % Lanes.WIDTH;
    this.wRow = (long) inputs * Float.BYTES;
    this.end = (long) whole * Float.BYTES;
  }

  @Override
  int tile() {
    return LARGEST_TILE;
  }

  @Override
  void twoRows(long sums, long x, long xRow, int o) {
    twoRows(sums, x, xRow, w + o * wRow, wRow, end);
  }

  @Override
  void oneRow(long sums, long x, int o) {
    oneRow(sums, x, w + o * wRow, wRow, end);
  }

  @Override
  void single(long sums, long x, int o) {
    single(sums, x, w + o * wRow, end);
  }

  @Override
  float finished(float sum, long x, int o) {
    if (whole == inputs) {
      return sum;
    }
    float rest = 0;
    for (int j = whole; j < inputs; j++) {
      long at = (long) j * Float.BYTES;
      rest = Math.fma(Lanes.get(x + at), Lanes.get(w + o * wRow + at), rest);
    }
    return sum + rest;
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
}
