package org.transnormer.trainer.launch;

import org.transnormer.support.problems.Problem;

/** There is no such run, attempt or rank. */
public final class UnknownAttemptException extends Problem {

  private static final long serialVersionUID = 1L;

  public UnknownAttemptException(String detail) {
    super(404, "not-found", "Not found", detail);
  }
}
