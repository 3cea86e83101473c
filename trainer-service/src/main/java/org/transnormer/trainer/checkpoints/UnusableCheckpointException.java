package org.transnormer.trainer.checkpoints;

/** A checkpoint that must not be loaded; the message names the object at fault. */
public final class UnusableCheckpointException extends Exception {

  private static final long serialVersionUID = 1L;

  public UnusableCheckpointException(String message) {
    super(message);
  }

  public UnusableCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
