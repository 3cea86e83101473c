package org.transnormer.model.lm;

/**
 * How a model is held in memory.
 *
 * @param threads that work on one call, the caller's included; results do not depend on it
 * @param pinThreads whether each thread is bound to one processor of the inherited set
 * @param weights what the weights are kept as
 */
public record LoadOptions(int threads, boolean pinThreads, WeightStorage weights) {

  public LoadOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    }
  }

  /** With weights as the checkpoint has them. */
  public LoadOptions(int threads, boolean pinThreads) {
    this(threads, pinThreads, WeightStorage.STORED);
  }

  public static LoadOptions threads(int threads) {
    return new LoadOptions(threads, false);
  }

  public LoadOptions withWeights(WeightStorage other) {
    return new LoadOptions(threads, pinThreads, other);
  }
}
