package org.transnormer.model.backend;

/** Elementwise functions on q, k and v, by the names that configurations use. */
public enum Activation {
  IDENTITY,
  SILU,
  /** x Phi(x), with the exact normal distribution. */
  GELU,
  RELU,
  /** Slope 0.01 below zero. */
  LEAKY_RELU,
  SIGMOID,
  ELU,
  ONE_PLUS_ELU,
  TWO_PLUS_ELU,
  SINE,
  /**
   * e^(x - m), m the largest x of a group of columns; no gradient flows through m. The only one
   * that looks at more than one element.
   */
  EXP;

  /** A name that the reference does not know means the identity there, so it does here. */
  public static Activation named(String name) {
    return switch (name) {
      case "silu", "swish" -> SILU;
      case "gelu" -> GELU;
      case "relu" -> RELU;
      case "leak" -> LEAKY_RELU;
      case "sigmoid" -> SIGMOID;
      case "elu" -> ELU;
      case "1+elu" -> ONE_PLUS_ELU;
      case "2+elu" -> TWO_PLUS_ELU;
      case "sine" -> SINE;
      case "exp" -> EXP;
      default -> IDENTITY;
    };
  }
}
