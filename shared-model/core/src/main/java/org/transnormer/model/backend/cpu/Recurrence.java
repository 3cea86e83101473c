package org.transnormer.model.backend.cpu;

import static org.transnormer.model.backend.cpu.Lanes.WIDTH;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One head's step of decoding: the state is read and written once.
 *
 * <p>lambda S + k v^T is computed as S + (k v^T - (1 - lambda) S). The two are equal, but lambda
 * can be nearer to 1 than a float's precision; so what a step forgets joins what it learns, and is
 * rounded together with it.
 */
final class Recurrence {

  private static final long VECTOR = (long) WIDTH * Float.BYTES;

  private Recurrence() {}

  /**
   * S = (1 - forget) S + k v^T, then o = q S, with S [ek, ev]; the sum runs over rising rows of S.
   */
  static void step(
      long o, long state, long q, long k, long v, float forget, int keyWidth, int valueWidth) {
    long row = (long) valueWidth * Float.BYTES;
    int j = 0;
    for (; j <= valueWidth - 2 * WIDTH; j += 2 * WIDTH) {
      long at = (long) j * Float.BYTES;
      twoVectors(o + at, state + at, row, q, k, v + at, forget, keyWidth);
    }
    for (; j < valueWidth; j += WIDTH) {
      long at = (long) j * Float.BYTES;
      VectorMask<Float> rest = Lanes.rest(j, valueWidth);
      oneVector(o + at, state + at, row, q, k, v + at, forget, keyWidth, rest);
    }
  }

  private static void twoVectors(
      long o, long state, long row, long q, long k, long v, float forget, int keyWidth) {
    FloatVector lost = Lanes.broadcast(-forget);
    FloatVector v0 = Lanes.load(v);
    FloatVector v1 = Lanes.load(v + VECTOR);
    FloatVector o0 = Lanes.zero();
    FloatVector o1 = Lanes.zero();
    for (int i = 0; i < keyWidth; i++) {
      long s = state + i * row;
      FloatVector ki = Lanes.broadcast(Lanes.get(k + (long) i * Float.BYTES));
      FloatVector qi = Lanes.broadcast(Lanes.get(q + (long) i * Float.BYTES));
      FloatVector before0 = Lanes.load(s);
      FloatVector before1 = Lanes.load(s + VECTOR);
      FloatVector s0 = ki.fma(v0, before0.mul(lost)).add(before0);
      FloatVector s1 = ki.fma(v1, before1.mul(lost)).add(before1);
      Lanes.store(s, s0);
      Lanes.store(s + VECTOR, s1);
      o0 = qi.fma(s0, o0);
      o1 = qi.fma(s1, o1);
    }
    Lanes.store(o, o0);
    Lanes.store(o + VECTOR, o1);
  }

  private static void oneVector(
      long o,
      long state,
      long row,
      long q,
      long k,
      long v,
      float forget,
      int keyWidth,
      VectorMask<Float> rest) {
    FloatVector v0 = Lanes.load(v, rest);
    FloatVector o0 = Lanes.zero();
    for (int i = 0; i < keyWidth; i++) {
      long s = state + i * row;
      FloatVector ki = Lanes.broadcast(Lanes.get(k + (long) i * Float.BYTES));
      FloatVector qi = Lanes.broadcast(Lanes.get(q + (long) i * Float.BYTES));
      FloatVector before = Lanes.load(s, rest);
      FloatVector s0 = ki.fma(v0, before.mul(-forget)).add(before);
      Lanes.store(s, s0, rest);
      o0 = qi.fma(s0, o0);
    }
    Lanes.store(o, o0, rest);
  }
}
