package org.transnormer.corpus.ingest.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.IngestionPartition;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.ingest.PartitionOutcome;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.support.Transactions;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Ingestions in PostgreSQL. */
public final class JdbcIngestions implements Ingestions {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final Transactions transactions;
  private final JdbcPartitions partitions;

  public JdbcIngestions(JdbcClient jdbc, Transactions transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.partitions = new JdbcPartitions(jdbc);
  }

  @Override
  public void add(Ingestion ingestion) {
    jdbc.sql(
            """
            insert into ingestion (id, corpus_id, source_ids, created_at, launched_by)
            values (:id, :corpus, :sources::jsonb, :createdAt, :launchedBy)
            """)
        .param("id", ingestion.id())
        .param("corpus", ingestion.corpusId())
        .param("sources", JSON.writeValueAsString(ingestion.sourceIds()))
        .param("createdAt", ingestion.createdAt().atOffset(ZoneOffset.UTC))
        .param("launchedBy", ingestion.launchedBy())
        .update();
  }

  @Override
  public Optional<Ingestion> find(String id) {
    return jdbc.sql("select * from ingestion where id = ?")
        .param(id)
        .query(JdbcIngestions::ingestion)
        .optional();
  }

  @Override
  public List<Ingestion> list(String corpusId, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from ingestion
            where corpus_id = :corpus and (:after::text is null or id < :after)
            order by id desc limit :limit
            """)
        .param("corpus", corpusId)
        .param("after", after)
        .param("limit", limit)
        .query(JdbcIngestions::ingestion)
        .list();
  }

  @Override
  public List<Ingestion> unpublished(String corpusId) {
    return jdbc.sql(
            """
            select * from ingestion where corpus_id = ? and published_at is null order by id desc
            """)
        .param(corpusId)
        .query(JdbcIngestions::ingestion)
        .list();
  }

  @Override
  public void launched(String id) {
    jdbc.sql("update ingestion set launched = true where id = ?").param(id).update();
  }

  @Override
  public List<Ingestion> unlaunched(Duration age) {
    return jdbc.sql(
            """
            select * from ingestion
            where not launched and created_at < now() - ? * interval '1 second' order by id
            """)
        .param(age.toSeconds())
        .query(JdbcIngestions::ingestion)
        .list();
  }

  @Override
  public void plan(String id, List<IngestionPartition> frozen) {
    transactions.inTransaction(() -> {
      int first =
          jdbc.sql("update ingestion set planned_at = now() where id = ? and planned_at is null")
              .param(id)
              .update();
      if (first == 1) {
        frozen.forEach(partition -> partitions.add(id, partition));
      }
    });
  }

  @Override
  public List<IngestionPartition> partitions(String id) {
    return partitions.of(id);
  }

  @Override
  public Optional<IngestionPartition> partition(String id, String name) {
    return partitions.find(id, name);
  }

  @Override
  public Optional<IngestionPartition> earlier(String sourceId, String planDigest) {
    return partitions.earlier(sourceId, planDigest);
  }

  @Override
  public void progress(String id, String partition, long files, long bytes, long documents) {
    partitions.progress(id, partition, files, bytes, documents);
  }

  @Override
  public void commit(String id, String partition, PartitionOutcome outcome) {
    partitions.commit(id, partition, outcome);
  }

  @Override
  public void published(String id) {
    jdbc.sql("update ingestion set published_at = now() where id = ? and published_at is null")
        .param(id)
        .update();
  }

  @Override
  public Map<String, Totals> totals(Collection<String> ids) {
    Map<String, Totals> totals = new HashMap<>();
    if (!ids.isEmpty()) {
      partitions.totals(ids, totals::put);
    }
    return totals;
  }

  @Override
  public List<FailureFile> failures(String id, String fromPartition, int limit) {
    return partitions.failures(id, fromPartition, limit);
  }

  @Override
  public Map<Reason, Long> reasons(String id) {
    return partitions.reasons(id);
  }

  private static Ingestion ingestion(ResultSet row, int number) throws SQLException {
    return new Ingestion(
        row.getString("id"),
        row.getString("corpus_id"),
        JSON.readValue(row.getString("source_ids"), STRINGS),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getString("launched_by"),
        instant(row, "planned_at"),
        instant(row, "published_at"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
