package org.transnormer.model.cli.verify;

/**
 * How far float arithmetic may be from references that were computed in double, in the golden
 * files' own measure and by their own table.
 */
final class Tolerances {

  static final double OPERATOR = 5e-6;
  static final double OPERATOR_GRADIENT = 1e-5;

  /** Logits, activations, states. */
  static final double VALUE = 2e-5;

  static final double GRADIENT = 1e-4;

  /** Nats. */
  static final double LOSS = 1e-5;

  /** Nats, in a run of training. */
  static final double TRAINING_LOSS = 2e-5;

  static final double GRADIENT_NORM = 1e-4;

  static final double TRAINED_WEIGHT = 2e-4;

  /** bf16 may err that many times as much as the reference does in bf16. */
  static final double BF16_RATIO = 1.5;

  /** Numbers that are formed in double on both sides. */
  static final double DOUBLE = 1e-13;

  private Tolerances() {}
}
