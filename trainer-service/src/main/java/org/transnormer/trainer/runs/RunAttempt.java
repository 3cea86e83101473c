package org.transnormer.trainer.runs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One try at a run: a group of ranks that trains from a checkpoint (or from the start) on.
 *
 * @param epoch that its workers carry
 * @param resumedFrom id of the checkpoint
 * @param startStep of that checkpoint; 0 without one
 * @param stopAskedAt when its workers were told to stop
 * @param logTail last lines of a group that broke
 */
public record RunAttempt(
    String runId,
    int number,
    long epoch,
    Optional<String> resumedFrom,
    long startStep,
    Instant openedAt,
    Optional<Instant> stopAskedAt,
    Optional<Outcome> outcome,
    String reason,
    List<String> logTail,
    Optional<Instant> endedAt,
    List<Rank> ranks) {

  /** How an attempt ended. */
  public enum Outcome {
    SUCCEEDED,
    FAILED,
    CANCELLED,
    SUSPENDED,
    /** It did not say, or something ended it that another attempt may not meet. */
    LOST
  }

  /**
   * @param state what the rank said it was busy with; empty before its first heartbeat
   * @param device what it computes on, in words
   * @param leaseUntil until when its last heartbeat counts
   */
  public record Rank(
      int number,
      String state,
      long step,
      Optional<String> device,
      Optional<Instant> firstBeat,
      Optional<Instant> lastBeat,
      Optional<Instant> leaseUntil) {}

  public RunAttempt {
    logTail = List.copyOf(logTail);
    ranks = List.copyOf(ranks);
  }

  /** Until when the group is believed alive; empty before any rank spoke. */
  public Optional<Instant> leaseUntil() {
    return ranks.stream().flatMap(rank -> rank.leaseUntil().stream()).min(Instant::compareTo);
  }
}
