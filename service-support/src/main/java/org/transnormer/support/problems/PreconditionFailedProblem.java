package org.transnormer.support.problems;

/** The resource is not the version that If-Match names. */
public final class PreconditionFailedProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public PreconditionFailedProblem(String detail) {
    super(412, "precondition-failed", "Precondition failed", detail);
  }
}
