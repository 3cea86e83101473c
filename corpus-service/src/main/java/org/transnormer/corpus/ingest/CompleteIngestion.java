package org.transnormer.corpus.ingest;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.catalogue.CountedShard;
import org.transnormer.corpus.catalogue.Shards;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.IngestionCompleted;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;

/**
 * Ends an ingestion: everything was read, the counts balance, every shard is whole; then, in one
 * transaction, its shards become those of the sources and the event goes out.
 */
public final class CompleteIngestion {
  private final Ingestions ingestions;
  private final Shards shards;
  private final ObjectStore store;
  private final Outbox outbox;
  private final Transactions transactions;

  public CompleteIngestion(
      Ingestions ingestions,
      Shards shards,
      ObjectStore store,
      Outbox outbox,
      Transactions transactions) {
    this.ingestions = ingestions;
    this.shards = shards;
    this.store = store;
    this.outbox = outbox;
    this.transactions = transactions;
  }

  public void complete(Ingestion ingestion) throws IOException {
    if (ingestion.publishedAt() != null) {
      return;
    }
    Map<String, List<CountedShard>> bySource = new LinkedHashMap<>();
    Balance balance = new Balance();
    for (IngestionPartition partition : ingestions.partitions(ingestion.id())) {
      PartitionOutcome outcome = partition.outcome();
      if (outcome == null) {
        throw new IllegalStateException("partition " + partition.name() + " was not read");
      }
      balance.add(partition, outcome);
      bySource
          .computeIfAbsent(partition.sourceId(), source -> new ArrayList<>())
          .addAll(outcome.shards());
    }
    balance.requireDocuments();
    requireWhole(bySource);
    FailPoints.hit("ingest.beforePublish");
    transactions.inTransaction(() -> publish(ingestion, bySource, balance));
  }

  private void requireWhole(Map<String, List<CountedShard>> bySource) throws IOException {
    for (List<CountedShard> ofSource : bySource.values()) {
      for (CountedShard shard : ofSource) {
        ShardRef stored = ShardRef.read(store, shard.ref().prefix());
        if (!stored.equals(shard.ref())) {
          throw new IllegalStateException(
              "shard " + shard.ref().prefix() + " is not the one that was written");
        }
      }
    }
  }

  private void publish(
      Ingestion ingestion, Map<String, List<CountedShard>> bySource, Balance balance) {
    bySource.forEach(
        (sourceId, of) -> shards.replace(ingestion.corpusId(), sourceId, ingestion.id(), of));
    ingestions.published(ingestion.id());
    long count = bySource.values().stream().mapToLong(List::size).sum();
    outbox.publish(
        Topics.INGESTION_COMPLETED,
        ingestion.corpusId(),
        new IngestionCompleted(
            ingestion.corpusId(), ingestion.id(), balance.written, count, balance.failedFiles));
  }

  private static final class Balance {
    private long files;
    private long failedFiles;
    private long written;

    void add(IngestionPartition partition, PartitionOutcome outcome) {
      if (outcome.files() != partition.files()) {
        throw new IllegalStateException(
            "counts do not balance: partition %s has %d files, %d were looked at"
                .formatted(partition.name(), partition.files(), outcome.files()));
      }
      files += outcome.files();
      failedFiles += outcome.failedFiles();
      written += outcome.documentsWritten();
    }

    void requireDocuments() {
      if (written == 0) {
        throw new NothingToRead(
            "no document could be read: %d of %d files failed".formatted(failedFiles, files));
      }
    }
  }

  /** Every file failed; their reasons are listed with the ingestion. */
  public static final class NothingToRead extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToRead(String message) {
      super(message);
    }
  }
}
