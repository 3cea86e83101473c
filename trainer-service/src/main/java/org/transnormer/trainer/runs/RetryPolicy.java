package org.transnormer.trainer.runs;

import java.time.Duration;

/**
 * When a lost run is started again.
 *
 * @param maxAttempts losses in a row after which a run fails
 * @param backoff pause before the second retry; doubled for each further one, none before the first
 * @param maxBackoff longest pause
 */
public record RetryPolicy(int maxAttempts, Duration backoff, Duration maxBackoff) {

  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts must be at least 1, was " + maxAttempts);
    }
    if (backoff.isNegative() || maxBackoff.compareTo(backoff) < 0) {
      throw new IllegalArgumentException(
          "backoff must lie between zero and maxBackoff: %s, %s".formatted(backoff, maxBackoff));
    }
  }

  boolean exhausted(Tries tries) {
    return tries.losses() >= maxAttempts;
  }

  /** Pause after the given number of losses in a row. */
  public Duration pauseAfter(int losses) {
    if (losses <= 1) {
      return Duration.ZERO;
    }
    Duration pause = backoff;
    for (int i = 2; i < losses && pause.compareTo(maxBackoff) < 0; i++) {
      pause = pause.multipliedBy(2);
    }
    return pause.compareTo(maxBackoff) > 0 ? maxBackoff : pause;
  }
}
