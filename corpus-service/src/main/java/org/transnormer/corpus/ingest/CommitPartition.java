package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.CountedShard;
import org.transnormer.support.removal.Garbage;

/**
 * Notes what became of a partition, within the transaction that checks whose it is. Its shards may
 * have lain in the store before, waiting for removal: they are claimed, and looked at afterwards.
 */
public final class CommitPartition {
  private final Ingestions ingestions;
  private final Garbage garbage;
  private final ObjectStore store;

  public CommitPartition(Ingestions ingestions, Garbage garbage, ObjectStore store) {
    this.ingestions = ingestions;
    this.garbage = garbage;
    this.store = store;
  }

  public void commit(String ingestionId, String partition, PartitionOutcome outcome) {
    List<ShardRef> shards = outcome.shards().stream().map(CountedShard::ref).toList();
    garbage.keep(shards.stream().map(ShardRef::prefix).toList());
    try {
      for (ShardRef shard : shards) {
        if (!ShardRef.read(store, shard.prefix()).equals(shard)) {
          throw new CorruptArtifactException(shard.prefix(), "is not the shard that was written");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ingestions.commit(ingestionId, partition, outcome);
  }
}
