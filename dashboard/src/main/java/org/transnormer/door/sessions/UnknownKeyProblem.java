package org.transnormer.door.sessions;

import org.transnormer.support.problems.Problem;

/** A log-in with something that is no key, or no longer one. Does not say which. */
public final class UnknownKeyProblem extends Problem {
  private static final long serialVersionUID = 1L;

  public UnknownKeyProblem() {
    super(401, "unknown-key", "Unknown key", "this key is unknown, revoked or expired");
  }
}
