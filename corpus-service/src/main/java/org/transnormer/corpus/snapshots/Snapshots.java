package org.transnormer.corpus.snapshots;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.documents.ShardRef;

/** All snapshots. */
public interface Snapshots {

  /** Keeps the snapshot and what it refers to; one that is known already changes nothing. */
  void add(CommittedSnapshot snapshot, List<ShardRef> shards);

  Optional<CommittedSnapshot> find(String id);

  /** Keeps it from being removed until the transaction ends; false when there is none. */
  boolean hold(String id);

  /**
   * The latest first.
   *
   * @param corpusId null for those of every corpus
   * @param after id of the last one seen
   */
  List<CommittedSnapshot> list(@Nullable String corpusId, @Nullable String after, int limit);
}
