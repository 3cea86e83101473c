package org.transnormer.model.lm;

import org.transnormer.model.device.Devices;

/**
 * How a model is held in memory.
 *
 * @param threads that work on one call where the processor computes, the caller's included; results
 *     do not depend on it
 * @param pinThreads whether each thread is bound to one processor of the inherited set
 * @param weights what the weights are kept as
 * @param device what computes, by a name that {@link Devices} knows
 */
public record LoadOptions(int threads, boolean pinThreads, WeightStorage weights, String device) {

  public LoadOptions {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, is " + threads);
    }
  }

  /** On the processor. */
  public LoadOptions(int threads, boolean pinThreads, WeightStorage weights) {
    this(threads, pinThreads, weights, Devices.CPU);
  }

  /** On the processor, with weights as the checkpoint has them. */
  public LoadOptions(int threads, boolean pinThreads) {
    this(threads, pinThreads, WeightStorage.STORED);
  }

  public static LoadOptions threads(int threads) {
    return new LoadOptions(threads, false);
  }

  public LoadOptions withWeights(WeightStorage other) {
    return new LoadOptions(threads, pinThreads, other, device);
  }
}
