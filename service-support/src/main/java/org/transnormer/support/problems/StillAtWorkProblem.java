package org.transnormer.support.problems;

import java.util.Map;

/** The same request, sent before, has not been answered yet. */
public final class StillAtWorkProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public StillAtWorkProblem(String detail) {
    super(409, "still-at-work", "Still at work", detail);
  }

  @Override
  public Map<String, String> headers() {
    return Map.of("Retry-After", "1");
  }
}
