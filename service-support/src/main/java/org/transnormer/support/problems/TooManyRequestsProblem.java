package org.transnormer.support.problems;

import java.time.Duration;
import java.util.Map;

/** More work than can be queued. */
public final class TooManyRequestsProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  public TooManyRequestsProblem(String detail, Duration retryAfter) {
    super(429, "too-many-requests", "Too many requests", detail);
    this.retryAfter = retryAfter;
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
  }
}
