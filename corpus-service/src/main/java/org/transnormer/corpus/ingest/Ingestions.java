package org.transnormer.corpus.ingest;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All ingestions and their partitions. */
public interface Ingestions {
  void add(Ingestion ingestion);

  Optional<Ingestion> find(String id);

  /** Of one corpus, the latest first. */
  List<Ingestion> list(String corpusId, @Nullable String after, int limit);

  /** Those of a corpus whose shards are not published, the latest first. */
  List<Ingestion> unpublished(String corpusId);

  /** Its job exists now. */
  void launched(String id);

  /** Those older than this whose job was never seen to exist. */
  List<Ingestion> unlaunched(Duration age);

  /** Freezes the partitions; does nothing when they are frozen already. */
  void plan(String id, List<IngestionPartition> partitions);

  /** In order of their names. */
  List<IngestionPartition> partitions(String id);

  Optional<IngestionPartition> partition(String id, String name);

  /** What an earlier ingestion made of equal files under equal rules. */
  Optional<IngestionPartition> earlier(String sourceId, String planDigest);

  void progress(String id, String partition, long files, long bytes, long documents);

  /** Once only: a partition that has an outcome keeps it. */
  void commit(String id, String partition, PartitionOutcome outcome);

  void published(String id);

  Map<String, Totals> totals(Collection<String> ids);

  /** Where failures are listed, from a partition on, in order of partitions. */
  List<FailureFile> failures(String id, String fromPartition, int limit);

  /** Failures so far by reason. */
  Map<Reason, Long> reasons(String id);

  /** Failures of one partition in the store. */
  record FailureFile(String partition, String key) {}

  /**
   * Sums over the partitions, of what is read so far. Sizes in bytes as they lie in the source.
   *
   * @param files planned, those refused while planning among them
   * @param documents written
   */
  record Totals(
      long partitions,
      long partitionsDone,
      long files,
      long filesDone,
      long failedFiles,
      long bytes,
      long bytesDone,
      long documentsRead,
      long documents,
      long documentsFailed,
      long shards) {
    public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
