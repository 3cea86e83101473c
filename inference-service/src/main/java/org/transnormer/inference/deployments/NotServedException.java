package org.transnormer.inference.deployments;

/** Nothing answers under a name, for good or for now. */
public final class NotServedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final boolean deployed;

  NotServedException(boolean deployed, String message) {
    super(message);
    this.deployed = deployed;
  }

  /** Whether the name is deployed, but its model not loaded. */
  public boolean deployed() {
    return deployed;
  }
}
