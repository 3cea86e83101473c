package org.transnormer.support.problems;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Something this answer needs is away; trying again later makes sense. */
public final class UnavailableProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final Duration retryAfter;

  public UnavailableProblem(String detail, Duration retryAfter, @Nullable Throwable cause) {
    super(503, "unavailable", "Unavailable", detail, cause);
    this.retryAfter = retryAfter;
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("Retry-After", Long.toString(Math.max(1, retryAfter.toSeconds())));
  }
}
