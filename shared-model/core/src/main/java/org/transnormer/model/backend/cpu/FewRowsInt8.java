package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;
import static org.transnormer.model.backend.cpu.StoredRows.BITS;
import static org.transnormer.model.backend.cpu.StoredRows.TOP;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import org.transnormer.model.tensor.Tensor;

/**
 * {@link FewRows} of words of whole numbers as {@link StoredRows} lays them; one row of w at a
 * time. x stays in floats, so nothing is lost but what the rounding of w lost.
 */
final class FewRowsInt8 extends FewRows {

  private final int whole;
  private final long steps;

  FewRowsInt8(boolean accumulate, Tensor y, Tensor x, Tensor w, Scratch[] scratch) {
    super(accumulate, y, x, w, scratch);
    this.whole = StoredRows.whole(inputs);
    this.steps = CpuStorage.address(w.steps());
  }

  @Override
  int tile() {
    return 1;
  }

  @Override
  void twoRows(long sums, long x, long xRow, int o) {
    twoRows(sums, x, xRow, w + (long) o * inputs, whole);
  }

  @Override
  void oneRow(long sums, long x, int o) {
    oneRow(sums, x, w + (long) o * inputs, whole);
  }

  @Override
  void single(long sums, long x, int o) {
    oneRow(sums, x, o);
  }

  @Override
  float finished(float sum, long x, int o) {
    float rest = 0;
    long wo = w + (long) o * inputs;
    for (int j = whole; j < inputs; j++) {
      rest = Math.fma(Lanes.get(x + (long) j * Float.BYTES), Lanes.getByte(wo + j), rest);
    }
    float step = Lanes.get(steps + (long) o * Float.BYTES);
    return Math.fma(sum, StoredRows.topStep(step), rest * step);
  }

  private static void oneRow(long sums, long x, long w, long end) {
    FloatVector a0 = Lanes.zero();
    FloatVector a1 = Lanes.zero();
    FloatVector a2 = Lanes.zero();
    FloatVector a3 = Lanes.zero();
    for (long j = 0; j < end; j += 4 * WIDTH) {
      IntVector words = Lanes.words(w + j);
      long at = x + j * Float.BYTES;
      a0 = Lanes.number(words, TOP).fma(Lanes.load(at), a0);
      a1 = Lanes.number(words, TOP - BITS).fma(Lanes.load(at + VECTOR), a1);
      a2 = Lanes.number(words, TOP - 2 * BITS).fma(Lanes.load(at + 2 * VECTOR), a2);
      a3 = Lanes.number(words).fma(Lanes.load(at + 3 * VECTOR), a3);
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
      IntVector words = Lanes.words(w + j);
      long at = x + j * Float.BYTES;
      FloatVector w0 = Lanes.number(words, TOP);
      a0 = w0.fma(Lanes.load(at), a0);
      b0 = w0.fma(Lanes.load(at + xRow), b0);
      FloatVector w1 = Lanes.number(words, TOP - BITS);
      a1 = w1.fma(Lanes.load(at + VECTOR), a1);
      b1 = w1.fma(Lanes.load(at + xRow + VECTOR), b1);
      FloatVector w2 = Lanes.number(words, TOP - 2 * BITS);
      a2 = w2.fma(Lanes.load(at + 2 * VECTOR), a2);
      b2 = w2.fma(Lanes.load(at + xRow + 2 * VECTOR), b2);
      FloatVector w3 = Lanes.number(words);
      a3 = w3.fma(Lanes.load(at + 3 * VECTOR), a3);
      b3 = w3.fma(Lanes.load(at + xRow + 3 * VECTOR), b3);
    }
    Lanes.store(sums, a0.add(a1).add(a2.add(a3)));
    Lanes.store(sums + VECTOR, b0.add(b1).add(b2.add(b3)));
  }
}
