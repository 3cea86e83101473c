package org.transnormer.model.backend;

import java.util.Set;
import org.transnormer.model.config.InvalidConfigException;

/** Elementwise functions on q and k, by the names that configurations use. */
public enum Activation {
  IDENTITY,
  SILU,
  RELU,
  /** Slope 0.01 below zero. */
  LEAKY_RELU,
  SIGMOID,
  ELU,
  ONE_PLUS_ELU,
  TWO_PLUS_ELU;

  /** Functions that the reference knows and this library does not. */
  private static final Set<String> NOT_HERE = Set.of("gelu", "exp", "sine");

  /**
   * A name that the reference does not know means the identity there, so it does here.
   *
   * @throws InvalidConfigException for a function of the reference that is missing here
   */
  public static Activation named(String name) {
    if (NOT_HERE.contains(name)) {
      throw new InvalidConfigException(
          "linear_act_fun", "is " + name + ", which this library does not have");
    }
    return switch (name) {
      case "silu", "swish" -> SILU;
      case "relu" -> RELU;
      case "leak" -> LEAKY_RELU;
      case "sigmoid" -> SIGMOID;
      case "elu" -> ELU;
      case "1+elu" -> ONE_PLUS_ELU;
      case "2+elu" -> TWO_PLUS_ELU;
      default -> IDENTITY;
    };
  }
}
