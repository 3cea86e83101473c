package org.transnormer.model.lm;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What weights are kept as in memory. Decoding reads every weight for every token, so its speed is
 * that of their bytes; activations and states are floats in any case.
 */
public enum WeightStorage {
  /** As the checkpoint has them: bfloat16 where every matrix is, else floats. */
  STORED,
  F32,
  /** Half the bytes; exact for a checkpoint that is bfloat16 itself. */
  BF16,
  /** A quarter of the bytes: whole numbers with a step for every row. */
  INT8;

  /** As in configuration files: {@code stored}, {@code f32}, {@code bf16}, {@code int8}. */
  public static Optional<WeightStorage> named(String name) {
    return Arrays.stream(values()).filter(value -> value.toString().equals(name)).findFirst();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
