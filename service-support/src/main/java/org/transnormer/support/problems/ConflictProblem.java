package org.transnormer.support.problems;

/** Not possible in the present state. */
public final class ConflictProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public ConflictProblem(String detail) {
    super(409, "conflict", "Conflict", detail);
  }
}
