package org.transnormer.support.problems;

/** Well-formed, but it cannot be done. */
public final class UnprocessableProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public UnprocessableProblem(String detail) {
    super(422, "unprocessable", "Unprocessable", detail);
  }
}
