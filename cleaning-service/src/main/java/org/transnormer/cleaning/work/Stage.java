package org.transnormer.cleaning.work;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a stage stands, summed over its partitions.
 *
 * @param note why a running stage does not move
 * @param total of {@code unit}; 0 as long as nobody knows
 * @param resumedDone what was done when the present attempt took the stage up
 */
public record Stage(
    String name,
    State state,
    String unit,
    @Nullable String note,
    int parts,
    int partsDone,
    long total,
    long done,
    Tally tally,
    @Nullable Instant startedAt,
    @Nullable Instant resumedAt,
    long resumedDone,
    @Nullable Instant endedAt) {

  /** States of a stage. */
  public enum State {
    WAITING,
    RUNNING,
    SUCCEEDED,
    FAILED,
    STOPPED,
    SKIPPED
  }
}
