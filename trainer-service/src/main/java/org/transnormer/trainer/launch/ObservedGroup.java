package org.transnormer.trainer.launch;

import java.time.Instant;
import java.util.Optional;

/**
 * A worker group as the cluster shows it.
 *
 * @param runId of the run that it was made for
 * @param attempt of that run
 */
public record ObservedGroup(String runId, int attempt, Phase phase) {

  public GroupName name() {
    return GroupName.of(runId, attempt);
  }

  public sealed interface Phase {}

  /**
   * Not all ranks run yet.
   *
   * @param reason what it waits for, as the cluster words it; empty when it merely takes its time
   * @param placedAt since when every rank has a place to run; empty while the cluster has no room,
   *     which may last as long as it likes
   */
  public record Pending(String reason, Optional<Instant> placedAt) implements Phase {}

  /**
   * @param since when the last of the ranks began to run
   */
  public record Active(Instant since) implements Phase {}

  /** Every rank ended with success. */
  public record Done() implements Phase {}

  /** A rank ended otherwise. */
  public record Broken(String reason) implements Phase {}

  public boolean over() {
    return phase instanceof Done || phase instanceof Broken;
  }
}
