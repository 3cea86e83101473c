package org.transnormer.corpus.snapshots.web;

import java.time.Instant;
import org.transnormer.corpus.snapshots.CommittedSnapshot;

/** A snapshot as it is answered. */
record SnapshotView(
    String id,
    String prefix,
    String corpusId,
    String cleaningRunId,
    String recipeHash,
    SnapshotCounts counts,
    Instant createdAt) {

  /**
   * @param documentsIn of the corpus when it was cleaned
   * @param documents kept
   */
  record SnapshotCounts(long documentsIn, long documents, long train, long heldout, int shards) {}

  static SnapshotView of(CommittedSnapshot snapshot) {
    return new SnapshotView(
        snapshot.id(),
        snapshot.prefix(),
        snapshot.corpusId(),
        snapshot.cleaningRunId(),
        snapshot.recipeHash(),
        new SnapshotCounts(
            snapshot.documentsIn(),
            snapshot.documentsKept(),
            snapshot.trainDocuments(),
            snapshot.heldoutDocuments(),
            snapshot.shards()),
        snapshot.createdAt());
  }
}
