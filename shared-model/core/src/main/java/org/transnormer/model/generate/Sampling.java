package org.transnormer.model.generate;

import org.transnormer.model.backend.TokenChoice.Rule;

/**
 * How a next token is chosen.
 *
 * @param temperature divides the logits; 0 takes the most likely token
 * @param topP keeps the smallest set of most likely tokens whose probability reaches it; 1 keeps
 *     all
 * @param topK keeps that many most likely tokens; 0 keeps all
 * @param seed of the random numbers; (seed, counter) names each of them
 */
public record Sampling(double temperature, double topP, int topK, long seed) {

  public Sampling {
    if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("temperature must be finite and >= 0, is " + temperature);
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new IllegalArgumentException("topP must be in (0, 1], is " + topP);
    }
    if (topK < 0) {
      throw new IllegalArgumentException("topK must be >= 0, is " + topK);
    }
  }

  /**
   * What this means for one token.
   *
   * @param counter names the random number
   */
  public Rule rule(long counter) {
    double uniform = temperature == 0 ? 0 : CounterRandom.uniform(seed, counter);
    return new Rule(temperature, topP, topK, uniform);
  }

  /** Always the most likely token. */
  public static Sampling greedy() {
    return new Sampling(0, 1, 0, 0);
  }
}
