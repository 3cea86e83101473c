package org.transnormer.inference.generation;

import java.util.List;
import org.transnormer.model.generate.Sampling;

/**
 * One sequence to continue.
 *
 * @param prompt token ids, at least one
 * @param sampling how next tokens are chosen
 * @param maxTokens most tokens to generate; 0 only reads the prompt
 * @param stop texts that end the continuation; they are not part of it
 * @param logProbabilities alternatives reported with each token; -1 reports none at all
 * @param echo whether the prompt's own tokens are reported first
 */
public record GenerationRequest(
    int[] prompt,
    Sampling sampling,
    int maxTokens,
    List<String> stop,
    int logProbabilities,
    boolean echo) {

  public static final int NO_LOG_PROBABILITIES = -1;

  public GenerationRequest {
    if (prompt.length == 0) {
      throw new IllegalArgumentException("the prompt has no tokens");
    }
    if (maxTokens < 0) {
      throw new IllegalArgumentException("maxTokens must be >= 0, is " + maxTokens);
    }
    prompt = prompt.clone();
    stop = List.copyOf(stop);
  }

  @Override
  public int[] prompt() {
    return prompt.clone();
  }

  boolean wantsLogProbabilities() {
    return logProbabilities >= 0;
  }

  /** Whether the logits of the prompt's own positions are needed. */
  boolean scoresPrompt() {
    return echo && wantsLogProbabilities();
  }
}
