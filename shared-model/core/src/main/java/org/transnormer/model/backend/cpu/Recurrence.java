package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One head's step of decoding: the state is read and written once, row after row as it lies in
 * memory; what is read and written again and again, a row of outputs, stays in the nearest cache.
 *
 * <p>lambda S + k v^T is computed as S + (k v^T - (1 - lambda) S). The two are equal, but lambda
 * can be nearer to 1 than a float's precision; so what a step forgets joins what it learns, and is
 * rounded together with it.
 */
final class Recurrence {

  /** Rows that go together, so that outputs are not fetched for each. */
  private static final int ROWS = 4;

  private Recurrence() {}

  /**
   * S = (1 - forget) S + k v^T, then o = q S, with S [ek, ev]; the sum runs over rising rows of S.
   */
  static void step(
      long o, long state, long q, long k, long v, float forget, int keyWidth, int valueWidth) {
    long row = (long) valueWidth * Float.BYTES;
    Lanes.fill(o, valueWidth, 0f);
    int i = 0;
    for (; i <= keyWidth - ROWS; i += ROWS) {
      long at = (long) i * Float.BYTES;
      fourRows(o, state + i * row, row, q + at, k + at, v, forget, valueWidth);
    }
    for (; i < keyWidth; i++) {
      float qi = Lanes.get(q + (long) i * Float.BYTES);
      float ki = Lanes.get(k + (long) i * Float.BYTES);
      oneRow(o, state + i * row, qi, ki, v, forget, 0, valueWidth);
    }
  }

  private static void fourRows(
      long o, long state, long row, long q, long k, long v, float forget, int valueWidth) {
    FloatVector lost = Lanes.broadcast(-forget);
    FloatVector k0 = Lanes.broadcast(Lanes.get(k));
    FloatVector k1 = Lanes.broadcast(Lanes.get(k + Float.BYTES));
    FloatVector k2 = Lanes.broadcast(Lanes.get(k + 2 * Float.BYTES));
    FloatVector k3 = Lanes.broadcast(Lanes.get(k + 3 * Float.BYTES));
    FloatVector q0 = Lanes.broadcast(Lanes.get(q));
    FloatVector q1 = Lanes.broadcast(Lanes.get(q + Float.BYTES));
    FloatVector q2 = Lanes.broadcast(Lanes.get(q + 2 * Float.BYTES));
    FloatVector q3 = Lanes.broadcast(Lanes.get(q + 3 * Float.BYTES));
    int whole = valueWidth - valueWidth % WIDTH;
    for (int j = 0; j < whole; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      long s = state + at;
      FloatVector values = Lanes.load(v + at);
      FloatVector s0 = Lanes.load(s);
      s0 = k0.fma(values, s0.mul(lost)).add(s0);
      Lanes.store(s, s0);
      FloatVector sum = q0.fma(s0, Lanes.load(o + at));
      FloatVector s1 = Lanes.load(s + row);
      s1 = k1.fma(values, s1.mul(lost)).add(s1);
      Lanes.store(s + row, s1);
      sum = q1.fma(s1, sum);
      FloatVector s2 = Lanes.load(s + 2 * row);
      s2 = k2.fma(values, s2.mul(lost)).add(s2);
      Lanes.store(s + 2 * row, s2);
      sum = q2.fma(s2, sum);
      FloatVector s3 = Lanes.load(s + 3 * row);
      s3 = k3.fma(values, s3.mul(lost)).add(s3);
      Lanes.store(s + 3 * row, s3);
      Lanes.store(o + at, q3.fma(s3, sum));
    }
    for (int r = 0; whole < valueWidth && r < ROWS; r++) {
      float qr = Lanes.get(q + (long) r * Float.BYTES);
      float kr = Lanes.get(k + (long) r * Float.BYTES);
      oneRow(o, state + r * row, qr, kr, v, forget, whole, valueWidth);
    }
  }

  /** Columns from {@code first} on. */
  private static void oneRow(
      long o, long state, float q, float k, long v, float forget, int first, int valueWidth) {
    for (int j = first; j < valueWidth; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, valueWidth);
      FloatVector before = Lanes.load(state + at, rest);
      FloatVector learnt = Lanes.broadcast(k).fma(Lanes.load(v + at, rest), before.mul(-forget));
      FloatVector s = learnt.add(before);
      Lanes.store(state + at, s, rest);
      Lanes.store(o + at, Lanes.broadcast(q).fma(s, Lanes.load(o + at, rest)), rest);
    }
  }
}
