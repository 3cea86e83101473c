package org.transnormer.trainer.launch;

import org.transnormer.support.problems.Problem;

/** Somebody reports for an attempt that the run has moved on from; nothing of it is kept. */
public final class StaleAttemptException extends Problem {

  private static final long serialVersionUID = 1L;

  public StaleAttemptException(String detail) {
    super(409, "stale-attempt", "Stale attempt", detail);
  }
}
