package org.transnormer.inference.generation;

/**
 * What one engine takes on.
 *
 * @param slots sequences that are decoded together; their states are allocated at start
 * @param queuedSequences sequences that may wait for a slot
 * @param queuedPromptTokens prompt tokens that may wait, which bounds the time to the first token
 */
public record EngineLimits(int slots, int queuedSequences, int queuedPromptTokens) {

  public EngineLimits {
    if (slots < 1 || queuedSequences < 0 || queuedPromptTokens < 0) {
      throw new IllegalArgumentException(
          "slots must be >= 1 and the queue's limits >= 0, are %d, %d, %d"
              .formatted(slots, queuedSequences, queuedPromptTokens));
    }
  }
}
