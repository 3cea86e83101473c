package org.transnormer.trainer.runs;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The runs. Whoever changes a run locks it first, in a transaction, so that the state a decision
 * was made on is the state it is applied to.
 */
public interface TrainingRuns {

  void add(TrainingRun run);

  Optional<TrainingRun> find(String id);

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

  /** The database's clock: the only one that leases and deadlines are measured by. */
  Instant now();
}
