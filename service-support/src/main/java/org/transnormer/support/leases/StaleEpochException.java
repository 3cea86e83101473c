package org.transnormer.support.leases;

/** Somebody else owns the work by now; what this process made of it must not be committed. */
public final class StaleEpochException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StaleEpochException(String name, long epoch) {
    super("epoch " + epoch + " of " + name + " is over");
  }
}
