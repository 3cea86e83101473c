package org.transnormer.model.lm;

/**
 * How a model is held in memory.
 *
 * @param threads that work on one call, the caller's included; results do not depend on it
 * @param pinThreads whether each thread is bound to one processor of the inherited set
 */
public record LoadOptions(int threads, boolean pinThreads) {

  public LoadOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    }
  }

  public static LoadOptions threads(int threads) {
    return new LoadOptions(threads, false);
  }
}
