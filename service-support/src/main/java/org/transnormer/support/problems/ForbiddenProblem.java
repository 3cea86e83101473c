package org.transnormer.support.problems;

/** The caller may not do this. */
public final class ForbiddenProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public ForbiddenProblem(String detail) {
    super(403, "forbidden", "Forbidden", detail);
  }
}
