package org.transnormer.trainer.launch;

/** A cluster could not make a group; the message is for the person who waits for the run. */
public final class LaunchFailedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LaunchFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
