package org.transnormer.support.batch;

/** The partition is no longer this worker's to do. */
public final class PartitionStoppedException extends Exception {

  private static final long serialVersionUID = 1L;

  public PartitionStoppedException(String message) {
    super(message);
  }
}
