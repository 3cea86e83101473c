package org.transnormer.corpus.retention.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.retention.RunningIngestions;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Removable;

/**
 * A corpus, or one source of it.
 *
 * @param sourceId null for the whole corpus
 */
record CorpusRemoval(
    JdbcClient jdbc,
    RunningIngestions running,
    Neighbours neighbours,
    String corpusId,
    @Nullable String sourceId)
    implements Removable {
  private static final int NAMED = 20;

  @Override
  public Kind kind() {
    return sourceId == null ? Kind.CORPUS : Kind.SOURCE;
  }

  @Override
  public String id() {
    return Objects.requireNonNullElse(sourceId, corpusId);
  }

  @Override
  public String resource() {
    String corpus = "/api/v1/corpora/" + corpusId;
    return sourceId == null ? corpus : corpus + "/sources/" + sourceId;
  }

  @Override
  public boolean lock() {
    boolean there =
        jdbc.sql("select 1 from corpus where id = ? for update")
            .param(corpusId)
            .query(Integer.class)
            .optional()
            .isPresent();
    return there && (sourceId == null || hasSource(sourceId));
  }

  private boolean hasSource(String id) {
    return jdbc.sql("select exists (select 1 from source where id = ? and corpus_id = ?)")
        .params(id, corpusId)
        .query(Boolean.class)
        .single();
  }

  @Override
  public List<String> referrers() {
    List<String> all = new ArrayList<>();
    snapshots().forEach(each -> all.add("snapshot " + each));
    running.of(corpusId, sourceId).forEach(each -> all.add("running ingestion " + each));
    if (sourceId == null) {
      all.addAll(neighbours.referrers(Kind.CORPUS, corpusId, List.of("cleaning")));
    }
    return all;
  }

  /** Those that refer to its shards, or were made of the corpus. */
  private List<String> snapshots() {
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
        .param("limit", NAMED)
        .query((row, _) -> row.getString(1))
        .list();
  }

  @Override
  public Contents contents() {
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
            new Contents(
                Map.of(
                    "sources", row.getLong("sources"),
                    "ingestions", row.getLong("ingestions"),
                    "shards", row.getLong("shards"),
                    "documents", row.getLong("documents")),
                row.getLong("bytes"),
                folders()))
        .single();
  }

  private List<String> folders() {
    return sourceId == null
        ? List.of("corpora/" + corpusId)
        : jdbc.sql("select prefix from shard where corpus_id = ? and source_id = ?")
            .params(corpusId, sourceId)
            .query((row, _) -> row.getString(1))
            .list();
  }

  @Override
  public void remove() {
    if (sourceId == null) {
      removeCorpus();
    } else {
      removeSource(sourceId);
    }
  }

  private void removeCorpus() {
    delete("delete from shard where corpus_id = ?", corpusId);
    delete(
        """
        delete from ingestion_partition p using ingestion i
        where i.id = p.ingestion_id and i.corpus_id = ?
        """,
        corpusId);
    delete("delete from ingestion where corpus_id = ?", corpusId);
    delete("delete from source where corpus_id = ?", corpusId);
    delete("delete from corpus where id = ?", corpusId);
  }

  /** What earlier ingestions did stays on record. */
  private void removeSource(String id) {
    delete("delete from shard where source_id = ?", id);
    delete("delete from source where id = ?", id);
  }

  private void delete(String sql, String id) {
    jdbc.sql(sql).param(id).update();
  }
}
