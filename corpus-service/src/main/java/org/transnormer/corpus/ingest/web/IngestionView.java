package org.transnormer.corpus.ingest.web;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.Ingestions.Totals;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.support.WorkStatus;

/**
 * An ingestion as it is answered.
 *
 * @param failures by reason; left out of lists
 */
record IngestionView(
    String id,
    String corpusId,
    List<String> sources,
    WorkStatus status,
    IngestionCounts counts,
    @Nullable Map<Reason, Long> failures,
    @Nullable String jobId,
    Instant createdAt,
    String launchedBy) {

  /**
   * So far.
   *
   * @param files planned
   * @param failedFiles of those: not read to their end, or without a document
   * @param bytes of all files, as they lie in the source
   * @param documents written
   */
  record IngestionCounts(
      long files,
      long filesDone,
      long failedFiles,
      long bytes,
      long documents,
      long failedDocuments,
      long partitions,
      long partitionsDone,
      long shards) {}

  static IngestionView of(
      Ingestion ingestion,
      Totals totals,
      @Nullable JobRun run,
      @Nullable Map<Reason, Long> failures,
      Instant now) {
    return new IngestionView(
        ingestion.id(),
        ingestion.corpusId(),
        ingestion.sourceIds(),
        status(ingestion, totals, run, now),
        new IngestionCounts(
            totals.files(),
            totals.filesDone(),
            totals.failedFiles(),
            totals.bytes(),
            totals.documents(),
            totals.documentsFailed(),
            totals.partitions(),
            totals.partitionsDone(),
            totals.shards()),
        failures,
        run == null ? null : run.jobId(),
        ingestion.createdAt(),
        ingestion.launchedBy());
  }

  private static WorkStatus status(
      Ingestion ingestion, Totals totals, @Nullable JobRun run, Instant now) {
    Long total = ingestion.plannedAt() == null ? null : totals.bytes();
    if (run == null) {
      return WorkStatus.of(
          WorkStatus.QUEUED, 0, total, "bytes", null, null, 1, "waits to be launched", now);
    }
    return WorkStatus.of(
        run.state(),
        totals.bytesDone(),
        total,
        "bytes",
        run.startedAt(),
        run.endedAt(),
        run.attempt(),
        run.reason(),
        now);
  }
}
