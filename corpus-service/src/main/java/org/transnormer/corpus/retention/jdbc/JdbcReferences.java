package org.transnormer.corpus.retention.jdbc;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.retention.References;

/** References in PostgreSQL. */
public final class JdbcReferences implements References {
  private final JdbcClient jdbc;

  public JdbcReferences(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public Extent extent(String corpusId, @Nullable String sourceId) {
    return jdbc.sql(
            """
            select
              (select count(*) from source
                where corpus_id = :corpus and (:source::text is null or id = :source)) as sources,
              (select count(*) from ingestion
                where corpus_id = :corpus and :source::text is null) as ingestions,
              count(*) as shards, coalesce(sum(documents), 0) as documents,
              coalesce(sum(bytes), 0) as bytes
            from shard
            where corpus_id = :corpus and (:source::text is null or source_id = :source)
            """)
        .param("corpus", corpusId)
        .param("source", sourceId)
        .query((row, _) ->
            new Extent(
                row.getLong("sources"),
                row.getLong("ingestions"),
                row.getLong("shards"),
                row.getLong("documents"),
                row.getLong("bytes")))
        .single();
  }

  @Override
  public List<String> snapshots(String corpusId, @Nullable String sourceId, int limit) {
    return jdbc.sql(
            """
            select id from snapshot s
            where (:source::text is null and s.corpus_id = :corpus)
               or exists (select 1 from snapshot_shard t join shard h on h.prefix = t.prefix
                           where t.snapshot_id = s.id and h.corpus_id = :corpus
                             and (:source::text is null or h.source_id = :source))
            order by created_at desc limit :limit
            """)
        .param("corpus", corpusId)
        .param("source", sourceId)
        .param("limit", limit)
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Override
  public List<String> remove(String corpusId, @Nullable String sourceId) {
    return sourceId == null ? removeCorpus(corpusId) : removeSource(corpusId, sourceId);
  }

  private List<String> removeCorpus(String corpusId) {
    jdbc.sql("delete from shard where corpus_id = ?").param(corpusId).update();
    jdbc.sql(
            """
            delete from ingestion_partition p using ingestion i
            where i.id = p.ingestion_id and i.corpus_id = ?
            """)
        .param(corpusId)
        .update();
    jdbc.sql("delete from ingestion where corpus_id = ?").param(corpusId).update();
    jdbc.sql("delete from source where corpus_id = ?").param(corpusId).update();
    jdbc.sql("delete from corpus where id = ?").param(corpusId).update();
    return List.of("corpora/" + corpusId);
  }

  /** What earlier ingestions did stays on record. */
  private List<String> removeSource(String corpusId, String sourceId) {
    List<String> prefixes =
        jdbc.sql("delete from shard where corpus_id = ? and source_id = ? returning prefix")
            .params(corpusId, sourceId)
            .query((row, _) -> row.getString(1))
            .list();
    jdbc.sql("delete from source where id = ?").param(sourceId).update();
    return prefixes;
  }
}
