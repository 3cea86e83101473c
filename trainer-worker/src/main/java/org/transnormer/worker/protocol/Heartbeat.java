package org.transnormer.worker.protocol;

/**
 * A sign of life, every {@link #PERIOD_SECONDS} seconds from every rank.
 *
 * @param step the last step that is finished, counted from the start of the run
 */
public record Heartbeat(long epoch, int rank, long step, WorkerState state) {
  public static final int PERIOD_SECONDS = 2;
}
