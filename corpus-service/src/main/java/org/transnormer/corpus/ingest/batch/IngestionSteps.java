package org.transnormer.corpus.ingest.batch;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.ingest.CommitPartition;
import org.transnormer.corpus.ingest.CompleteIngestion;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.IngestionPartition;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.ingest.PartitionFiles;
import org.transnormer.corpus.ingest.PartitionOutcome;
import org.transnormer.corpus.ingest.PlanIngestion;
import org.transnormer.corpus.ingest.ReadPartition;
import org.transnormer.corpus.sources.RefusedSource;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.support.Transactions;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.batch.PartitionStoppedException;

/** What the steps of the job do. */
public final class IngestionSteps {
  static final String INGESTION = "ingestion";

  private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(1);

  private final Ingestions ingestions;
  private final Sources sources;
  private final PlanIngestion planning;
  private final ReadPartition reading;
  private final CommitPartition committing;
  private final CompleteIngestion completing;
  private final ObjectStore store;
  private final Transactions transactions;

  public IngestionSteps(
      Ingestions ingestions,
      Sources sources,
      PlanIngestion planning,
      ReadPartition reading,
      CommitPartition committing,
      CompleteIngestion completing,
      ObjectStore store,
      Transactions transactions) {
    this.ingestions = ingestions;
    this.sources = sources;
    this.planning = planning;
    this.reading = reading;
    this.committing = committing;
    this.completing = completing;
    this.store = store;
    this.transactions = transactions;
  }

  void plan(JobParameters job) throws IOException, RefusedSource {
    Ingestion ingestion = ingestion(job);
    List<Source> planned = new ArrayList<>();
    for (String id : ingestion.sourceIds()) {
      planned.add(source(id));
    }
    planning.plan(ingestion, planned);
  }

  /** What is not read yet; equal files that were read before are taken over by the plan. */
  Map<String, Map<String, String>> partitions(JobParameters job) {
    Map<String, Map<String, String>> open = new LinkedHashMap<>();
    for (IngestionPartition partition : ingestions.partitions(ingestion(job).id())) {
      if (partition.outcome() == null) {
        open.put(partition.name(), Map.of("source", partition.sourceId()));
      }
    }
    return open;
  }

  void read(PartitionContext context) throws IOException, PartitionStoppedException {
    String id = ingestion(context.job()).id();
    IngestionPartition partition = ingestions.partition(id, context.name()).orElseThrow();
    String planKey = partition.planKey();
    if (partition.outcome() != null || planKey == null) {
      return;
    }
    Reporter reporter = new Reporter(id, partition, context);
    PartitionOutcome outcome =
        reading.read(
            source(partition.sourceId()),
            PartitionFiles.read(store, planKey),
            partition.failuresKey(),
            reporter);
    commit(id, context, outcome);
    context.count("read", outcome.documentsRead());
    context.count("written", outcome.documentsWritten());
    context.count("failed", outcome.documentsFailed());
  }

  private void commit(String id, PartitionContext context, PartitionOutcome outcome)
      throws PartitionStoppedException {
    try {
      transactions.inTransaction(() -> {
        try {
          context.requireCurrent();
        } catch (PartitionStoppedException e) {
          throw new TakenOver(e);
        }
        ingestions.commit(id, context.name(), outcome);
      });
    } catch (TakenOver e) {
      throw e.cause;
    }
  }

  void complete(JobParameters job) throws IOException {
    completing.complete(ingestion(job));
  }

  private Ingestion ingestion(JobParameters job) {
    String id = String.valueOf(job.getString(INGESTION));
    return ingestions
        .find(id)
        .orElseThrow(() -> new IllegalStateException("ingestion " + id + " was deleted"));
  }

  private Source source(String id) {
    return sources
        .find(id)
        .orElseThrow(() -> new IllegalStateException("source " + id + " was deleted"));
  }

  private final class Reporter implements ReadPartition.Progress<PartitionStoppedException> {
    private final String ingestionId;
    private final IngestionPartition partition;
    private final PartitionContext context;
    private long lastNanos = System.nanoTime();

    Reporter(String ingestionId, IngestionPartition partition, PartitionContext context) {
      this.ingestionId = ingestionId;
      this.partition = partition;
      this.context = context;
    }

    @Override
    public void file(long files, long bytes, long documents) throws PartitionStoppedException {
      context.checkStop();
      context.progress(bytes, partition.bytes(), "bytes");
      long now = System.nanoTime();
      if (now - lastNanos > BETWEEN_REPORTS.toNanos()) {
        lastNanos = now;
        ingestions.progress(ingestionId, partition.name(), files, bytes, documents);
      }
    }
  }

  /** Carries the stop out of the transaction, which it rolls back. */
  private static final class TakenOver extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final PartitionStoppedException cause;

    TakenOver(PartitionStoppedException cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
