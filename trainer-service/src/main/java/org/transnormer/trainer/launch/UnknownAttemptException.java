package org.transnormer.trainer.launch;

/** There is no such attempt, or no such rank in it. */
public final class UnknownAttemptException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public UnknownAttemptException(String message) {
    super(message);
  }
}
