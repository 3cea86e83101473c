package org.transnormer.inference.generation;

import java.time.Duration;

/** The queue is full; nothing of the request was taken. */
public final class OverloadedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  OverloadedException(String message, Duration retryAfter) {
    super(message);
    this.retryAfter = retryAfter;
  }

  public Duration retryAfter() {
    return retryAfter;
  }
}
