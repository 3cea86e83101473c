package org.transnormer.trainer.launch;

/** Somebody reports for an attempt that the run has moved on from; nothing of it is kept. */
public final class StaleAttemptException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StaleAttemptException(String message) {
    super(message);
  }
}
