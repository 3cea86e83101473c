package org.transnormer.worker.protocol;

import org.jspecify.annotations.Nullable;

/**
 * A sign of life, every {@link #PERIOD_SECONDS} seconds from every rank.
 *
 * @param step the last step that is finished, counted from the start of the run
 * @param device what computes, in words; null before it is opened
 */
public record Heartbeat(
    long epoch, int rank, long step, WorkerState state, @Nullable String device) {
  public static final int PERIOD_SECONDS = 2;
}
