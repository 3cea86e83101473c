package org.transnormer.corpus.ingest.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.catalogue.CountedShard;
import org.transnormer.corpus.ingest.IngestionPartition;
import org.transnormer.corpus.ingest.Ingestions.FailureFile;
import org.transnormer.corpus.ingest.Ingestions.Totals;
import org.transnormer.corpus.ingest.PartitionOutcome;
import org.transnormer.corpus.ingest.Reason;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Partitions of ingestions in PostgreSQL. */
final class JdbcPartitions {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<Reason, Long>> REASONS = new TypeReference<>() {};
  private static final TypeReference<List<CountedShard>> SHARDS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  JdbcPartitions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void add(String ingestionId, IngestionPartition partition) {
    jdbc.sql(
            """
            insert into ingestion_partition (ingestion_id, name, source_id, files, bytes, plan_key,
                                             plan_digest, failures_key)
            values (:ingestion, :name, :source, :files, :bytes, :planKey, :planDigest, :failuresKey)
            """)
        .param("ingestion", ingestionId)
        .param("name", partition.name())
        .param("source", partition.sourceId())
        .param("files", partition.files())
        .param("bytes", partition.bytes())
        .param("planKey", partition.planKey())
        .param("planDigest", partition.planDigest())
        .param("failuresKey", partition.failuresKey())
        .update();
    PartitionOutcome outcome = partition.outcome();
    if (outcome != null) {
      commit(ingestionId, partition.name(), outcome);
    }
  }

  List<IngestionPartition> of(String ingestionId) {
    return jdbc.sql("select * from ingestion_partition where ingestion_id = ? order by name")
        .param(ingestionId)
        .query(JdbcPartitions::partition)
        .list();
  }

  Optional<IngestionPartition> find(String ingestionId, String name) {
    return jdbc.sql("select * from ingestion_partition where ingestion_id = ? and name = ?")
        .params(ingestionId, name)
        .query(JdbcPartitions::partition)
        .optional();
  }

  Optional<IngestionPartition> earlier(String sourceId, String planDigest) {
    return jdbc.sql(
            """
            select * from ingestion_partition
            where source_id = ? and plan_digest = ? and committed_at is not null
            order by committed_at desc limit 1
            """)
        .params(sourceId, planDigest)
        .query(JdbcPartitions::partition)
        .optional();
  }

  void progress(String ingestionId, String name, long files, long bytes, long documents) {
    jdbc.sql(
            """
            update ingestion_partition
            set files_done = :files, bytes_done = :bytes, documents_done = :documents
            where ingestion_id = :ingestion and name = :name and committed_at is null
            """)
        .param("files", files)
        .param("bytes", bytes)
        .param("documents", documents)
        .param("ingestion", ingestionId)
        .param("name", name)
        .update();
  }

  void commit(String ingestionId, String name, PartitionOutcome outcome) {
    jdbc.sql(
            """
            update ingestion_partition
            set committed_at = now(), files_done = files, bytes_done = bytes,
                documents_done = :documents, failed_files = :failedFiles,
                documents_read = :read, documents = :documents, documents_failed = :failed,
                reasons = :reasons::jsonb, shards = :shards::jsonb
            where ingestion_id = :ingestion and name = :name and committed_at is null
            """)
        .param("documents", outcome.documentsWritten())
        .param("failedFiles", outcome.failedFiles())
        .param("read", outcome.documentsRead())
        .param("failed", outcome.documentsFailed())
        .param("reasons", JSON.writeValueAsString(outcome.reasons()))
        .param("shards", JSON.writeValueAsString(outcome.shards()))
        .param("ingestion", ingestionId)
        .param("name", name)
        .update();
  }

  void totals(Collection<String> ingestionIds, BiConsumer<String, Totals> totals) {
    jdbc.sql(
            """
            select ingestion_id, count(*) as partitions, count(committed_at) as partitions_done,
                   sum(files) as files, sum(files_done) as files_done,
                   sum(failed_files) as failed_files, sum(bytes) as bytes,
                   sum(bytes_done) as bytes_done, sum(documents_read) as documents_read,
                   sum(documents_done) as documents, sum(documents_failed) as documents_failed,
                   sum(jsonb_array_length(shards)) as shards
            from ingestion_partition where ingestion_id in (:ids) group by ingestion_id
            """)
        .param("ids", ingestionIds)
        .query(row -> {
          totals.accept(row.getString("ingestion_id"), totals(row));
        });
  }

  List<FailureFile> failures(String ingestionId, String fromPartition, int limit) {
    return jdbc.sql(
            """
            select name, failures_key from ingestion_partition
            where ingestion_id = ? and name collate "C" >= ? and reasons <> '{}'
            order by name collate "C" limit ?
            """)
        .params(ingestionId, fromPartition, limit)
        .query((row, _) -> new FailureFile(row.getString(1), row.getString(2)))
        .list();
  }

  Map<Reason, Long> reasons(String ingestionId) {
    Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
    jdbc.sql("select reasons from ingestion_partition where ingestion_id = ? and reasons <> '{}'")
        .param(ingestionId)
        .query(row -> {
          JSON.readValue(row.getString(1), REASONS)
              .forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        });
    return reasons;
  }

  private static Totals totals(ResultSet row) throws SQLException {
    return new Totals(
        row.getLong("partitions"),
        row.getLong("partitions_done"),
        row.getLong("files"),
        row.getLong("files_done"),
        row.getLong("failed_files"),
        row.getLong("bytes"),
        row.getLong("bytes_done"),
        row.getLong("documents_read"),
        row.getLong("documents"),
        row.getLong("documents_failed"),
        row.getLong("shards"));
  }

  private static IngestionPartition partition(ResultSet row, int number) throws SQLException {
    return new IngestionPartition(
        row.getString("name"),
        row.getString("source_id"),
        row.getLong("files"),
        row.getLong("bytes"),
        row.getString("plan_key"),
        row.getString("plan_digest"),
        row.getString("failures_key"),
        outcome(row));
  }

  private static @Nullable PartitionOutcome outcome(ResultSet row) throws SQLException {
    if (row.getObject("committed_at") == null) {
      return null;
    }
    return new PartitionOutcome(
        row.getLong("files"),
        row.getLong("failed_files"),
        row.getLong("bytes"),
        row.getLong("documents_read"),
        row.getLong("documents"),
        row.getLong("documents_failed"),
        JSON.readValue(row.getString("shards"), SHARDS),
        JSON.readValue(row.getString("reasons"), REASONS));
  }
}
