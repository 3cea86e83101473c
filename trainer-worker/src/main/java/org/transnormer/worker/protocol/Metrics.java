package org.transnormer.worker.protocol;

/** Keys of the values that a worker reports. */
public final class Metrics {

  /** Mean nats per token of the step's batch, before the step. */
  public static final String LOSS = "loss";

  /** Mean nats per token of the held-out tokens, after the step. */
  public static final String HELDOUT_LOSS = "heldout-loss";

  /** Norm of all gradients together, before clipping. */
  public static final String GRADIENT_NORM = "gradient-norm";

  public static final String LEARNING_RATE = "learning-rate";

  /** Of the training steps alone, without evaluations and checkpoints. */
  public static final String TOKENS_PER_SECOND = "tokens-per-second";

  /** Tokens trained on since the start of the run. */
  public static final String TOKENS = "tokens";

  private Metrics() {}
}
