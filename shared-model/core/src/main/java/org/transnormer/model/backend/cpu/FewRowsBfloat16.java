package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.transnormer.model.tensor.Tensor;

/** {@link FewRows} of bfloat16 words as {@link StoredRows} lays them; one row of w at a time. */
final class FewRowsBfloat16 extends FewRows {

  private final int whole;
  private final long wRow;

  FewRowsBfloat16(boolean accumulate, Tensor y, Tensor x, Tensor w, Scratch[] scratch) {
    super(accumulate, y, x, w, scratch);
    this.whole = StoredRows.whole(inputs);
    this.wRow = (long) inputs * Short.BYTES;
  }

  @Override
  int tile() {
    return 1;
  }

  @Override
  void twoRows(long sums, long x, long xRow, int o) {
    twoRows(sums, x, xRow, w + o * wRow, whole);
  }

  @Override
  void oneRow(long sums, long x, int o) {
    oneRow(sums, x, w + o * wRow, whole);
  }

  @Override
  void single(long sums, long x, int o) {
    oneRow(sums, x, o);
  }

  @Override
  float finished(float sum, long x, int o) {
    float rest = 0;
    for (int j = whole; j < inputs; j++) {
      long at = (long) j * Short.BYTES;
      rest = Math.fma(Lanes.get(x + 2 * at), Lanes.getBfloat16(w + o * wRow + at), rest);
    }
    return sum + rest;
  }

  private static void oneRow(long sums, long x, long w, long end) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    for (long j = 0; j < end; j += 4 * WIDTH) {
      long at = x + j * Float.BYTES;
      IntVector first = Lanes.words(w + j * Short.BYTES);
      a0 = Lanes.lowerHalf(first).fma(Lanes.load(at), a0);
      a1 = Lanes.upperHalf(first).fma(Lanes.load(at + VECTOR), a1);
      IntVector second = Lanes.words(w + j * Short.BYTES + VECTOR);
      a2 = Lanes.lowerHalf(second).fma(Lanes.load(at + 2 * VECTOR), a2);
      a3 = Lanes.upperHalf(second).fma(Lanes.load(at + 3 * VECTOR), a3);
    }
    Lanes.store(sums, a0.add(a1).add(a2.add(a3)));
  }

  private static void twoRows(long sums, long x, long xRow, long w, long end) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    FloatVector b0 = Lanes.zero();
    FloatVector b1 = Lanes.zero();
    FloatVector b2 = Lanes.zero();
    FloatVector b3 = Lanes.zero();
    for (long j = 0; j < end; j += 4 * WIDTH) {
      long at = x + j * Float.BYTES;
      IntVector first = Lanes.words(w + j * Short.BYTES);
      FloatVector w0 = Lanes.lowerHalf(first);
      a0 = w0.fma(Lanes.load(at), a0);
      b0 = w0.fma(Lanes.load(at + xRow), b0);
      FloatVector w1 = Lanes.upperHalf(first);
      a1 = w1.fma(Lanes.load(at + VECTOR), a1);
      b1 = w1.fma(Lanes.load(at + xRow + VECTOR), b1);
      IntVector second = Lanes.words(w + j * Short.BYTES + VECTOR);
      FloatVector w2 = Lanes.lowerHalf(second);
      a2 = w2.fma(Lanes.load(at + 2 * VECTOR), a2);
      b2 = w2.fma(Lanes.load(at + xRow + 2 * VECTOR), b2);
      FloatVector w3 = Lanes.upperHalf(second);
      a3 = w3.fma(Lanes.load(at + 3 * VECTOR), a3);
      b3 = w3.fma(Lanes.load(at + xRow + 3 * VECTOR), b3);
    }
    Lanes.store(sums, a0.add(a1).add(a2.add(a3)));
    Lanes.store(sums + VECTOR, b0.add(b1).add(b2.add(b3)));
  }
}
