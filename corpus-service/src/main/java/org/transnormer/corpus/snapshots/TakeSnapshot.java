package org.transnormer.corpus.snapshots;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.audit.Audit;
import org.transnormer.support.events.SnapshotCommitted;
import org.transnormer.support.removal.Garbage;

/**
 * Takes a committed snapshot into the catalogue. The message is only a hint: what counts is what
 * lies in the store, whose content has to have the id, and the shards that it refers to.
 */
public final class TakeSnapshot {
  private final ObjectStore store;
  private final Snapshots snapshots;
  private final Garbage garbage;
  private final Clock clock;

  public TakeSnapshot(ObjectStore store, Snapshots snapshots, Garbage garbage, Clock clock) {
    this.store = store;
    this.snapshots = snapshots;
    this.garbage = garbage;
    this.clock = clock;
  }

  public void take(SnapshotCommitted event) {
    try {
      Snapshot snapshot = Snapshot.read(store, event.snapshotId());
      requireAgreement(event, snapshot);
      List<ShardRef> shards = snapshot.shards().stream().map(SnapshotShard::shard).toList();
      keep(snapshot, shards);
      snapshots.add(
          new CommittedSnapshot(
              snapshot.id(),
              snapshot.ref().prefix(),
              event.corpusId(),
              event.cleaningRunId(),
              snapshot.recipeHash(),
              event.documentsIn(),
              snapshot.trainDocuments() + snapshot.heldoutDocuments(),
              snapshot.trainDocuments(),
              snapshot.heldoutDocuments(),
              shards.size(),
              Audit.now(clock)),
          shards);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void requireAgreement(SnapshotCommitted event, Snapshot snapshot)
      throws CorruptArtifactException {
    boolean agrees =
        snapshot.recipeHash().equals(event.recipeHash())
            && snapshot.trainDocuments() == event.trainDocuments()
            && snapshot.heldoutDocuments() == event.heldoutDocuments();
    if (!agrees) {
      throw new CorruptArtifactException(
          snapshot.ref().prefix(), "is not what its announcement says of it");
    }
  }

  /** What lay there waiting for removal is claimed first, and looked at afterwards. */
  private void keep(Snapshot snapshot, List<ShardRef> shards) throws IOException {
    String prefix = snapshot.ref().prefix();
    garbage.keep(Stream.concat(shards.stream().map(ShardRef::prefix), Stream.of(prefix)).toList());
    Manifest.read(store, prefix);
    for (ShardRef shard : shards) {
      if (!ShardRef.read(store, shard.prefix()).equals(shard)) {
        throw new CorruptArtifactException(shard.prefix(), "is not the shard of the snapshot");
      }
    }
  }
}
