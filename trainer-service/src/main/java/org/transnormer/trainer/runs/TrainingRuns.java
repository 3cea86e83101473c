package org.transnormer.trainer.runs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The runs. Whoever changes a run locks it first, in a transaction, so that the state a decision
 * was made on is the state it is applied to.
 */
public interface TrainingRuns {

  void add(TrainingRun run);

  Optional<TrainingRun> find(String id);

  /** What goes up with every change of a run; empty for an unknown one. */
  OptionalLong version(String id);

  /** As {@link #find}; nobody else changes the run until the transaction ends. */
  Optional<TrainingRun> lock(String id);

  /** Saves what was changed on a locked run. */
  void save(TrainingRun run);

  /** Every run that has not ended, oldest first. */
  List<TrainingRun> unfinished();

  /**
   * Newest first.
   *
   * @param after id to go on behind
   */
  List<TrainingRun> list(Filter filter, Optional<String> after, int limit);

  record Filter(Optional<String> state, Optional<Purpose> purpose) {}

  /** Number of runs by the label of their state. */
  Map<String, Long> countByState();

  /** The database's clock: the only one that leases and deadlines are measured by. */
  Instant now();
}
