package org.transnormer.support.problems;

/** There is no such thing. */
public final class NotFoundProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public NotFoundProblem(String kind, String id) {
    super(404, "not-found", "Not found", "no " + kind + " " + id);
  }
}
