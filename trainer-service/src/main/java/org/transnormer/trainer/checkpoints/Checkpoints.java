package org.transnormer.trainer.checkpoints;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The checkpoints on record. */
public interface Checkpoints {

  void add(Checkpoint checkpoint);

  Optional<Checkpoint> find(String id);

  Optional<Checkpoint> findByPrefix(String prefix);

  /** Newest first. */
  List<Checkpoint> list(Optional<String> runId, Optional<String> after, int limit);

  /** Those of a run that can be used, newest attempt and highest step first. */
  List<Checkpoint> usableOf(String runId);

  /** As {@link #usableOf}; nobody else may change or begin to refer to them meanwhile. */
  List<Checkpoint> lockUsableOf(String runId);

  /** A usable checkpoint that cannot be given up until the transaction ends. */
  Optional<Checkpoint> hold(String id);

  /** A usable checkpoint that nobody may begin to refer to until the transaction ends. */
  Optional<Checkpoint> lock(String id);

  /** How many usable checkpoints each of the runs has. */
  Map<String, Integer> counts(Collection<String> runIds);

  void markCorrupt(String id, String reason);

  void markDeleting(Set<String> ids);

  List<Checkpoint> deleting();

  void markDeleted(String id);

  /** The database's clock. */
  Instant now();
}
