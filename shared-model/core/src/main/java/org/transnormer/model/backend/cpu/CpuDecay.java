package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.transnormer.model.backend.Attention;

/**
 * Powers of every head's lambda for chunks of up to C rows: the exponents in double, each power
 * rounded once. Per head: lambda^0 .. lambda^C; then lambda^(C-1) .. lambda^0 followed by C zeros,
 * so that a row of the causal mask is a window of it.
 */
final class CpuDecay implements Attention.Decay {

  private final int heads;
  private final float[] forget;
  private final int chunk;
  private final MemorySegment powers;

  CpuDecay(double[] rates, int chunk) {
    this.heads = rates.length;
    this.forget = new float[heads];
    this.chunk = chunk;
    this.powers = Arena.ofAuto().allocate((long) heads * perHead() * Float.BYTES, Float.BYTES);
    for (int h = 0; h < heads; h++) {
      forget[h] = (float) -StrictMath.expm1(-rates[h]);
      for (int i = 0; i <= chunk; i++) {
        float power = (float) StrictMath.exp(-rates[h] * i);
        set(h * perHead() + i, power);
        if (i < chunk) {
          set(h * perHead() + 2 * chunk - i, power);
        }
      }
    }
  }

  private int perHead() {
    return 3 * chunk + 1;
  }

  private void set(int index, float value) {
    powers.setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
  }

  @Override
  public int heads() {
    return heads;
  }

  /** Address of lambda^0, lambda^1, ..., lambda^C. */
  long rising(int head) {
    return powers.address() + (long) head * perHead() * Float.BYTES;
  }

  /** Address of lambda^(m-1), ..., lambda^0. */
  long falling(int head, int rows) {
    return rising(head) + (long) (2 * chunk + 1 - rows) * Float.BYTES;
  }

  /** Address of lambda^row, ..., lambda^0, 0, 0, ...: the causal mask's row. */
  long mask(int head, int row) {
    return falling(head, row + 1);
  }

  int chunk() {
    return chunk;
  }

  /**
   * 1 - lambda. Lambda itself can be nearer to 1 than a float's precision, so that a state
   * multiplied by it would forget at another rate, or not at all.
   */
  float forget(int head) {
    return forget[head];
  }
}
