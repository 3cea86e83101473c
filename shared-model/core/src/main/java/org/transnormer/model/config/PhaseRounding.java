package org.transnormer.model.config;

import java.util.Arrays;
import java.util.Optional;

/** In what precision LRPE's phases p theta are formed. */
public enum PhaseRounding {
  /** Reduced in double, sine and cosine rounded to float once: right at any position. */
  FLOAT64("float64"),

  /**
   * As the released code does it when it runs in bfloat16: position, theta, their product, sine and
   * cosine are each rounded to bfloat16. Integers above 256 are no longer exact there. Whether the
   * published weights were trained so is not known; measure the perplexity of a real checkpoint.
   */
  BFLOAT16("bfloat16");

  private final String jsonName;

  PhaseRounding(String jsonName) {
    this.jsonName = jsonName;
  }

  public String jsonName() {
    return jsonName;
  }

  public static Optional<PhaseRounding> named(String name) {
    return Arrays.stream(values()).filter(value -> value.jsonName.equals(name)).findFirst();
  }

  /** The positions as phases are formed from them; rounded integers are integers still. */
  public long[] positions(long[] positions) {
    if (this == FLOAT64) {
      return positions;
    }
    return Arrays.stream(positions).map(p -> (long) bfloat16(p)).toArray();
  }

  /** The nearest bfloat16, ties to even. */
  public static float bfloat16(float value) {
    if (Float.isNaN(value)) {
      return value;
    }
    int bits = Float.floatToRawIntBits(value);
    return Float.intBitsToFloat(bits + 0x7FFF + (bits >>> 16 & 1) & 0xFFFF0000);
  }
}
