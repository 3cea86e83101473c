package org.transnormer.support.problems;

/** An edit needs If-Match, so that nobody overwrites unseen. */
public final class PreconditionRequiredProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public PreconditionRequiredProblem(String detail) {
    super(428, "precondition-required", "Precondition required", detail);
  }
}
