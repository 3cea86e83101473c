package org.transnormer.corpus.catalogue.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.documents.ShardRef;
import org.transnormer.corpus.catalogue.CataloguedShard;
import org.transnormer.corpus.catalogue.CountedShard;
import org.transnormer.corpus.catalogue.DocumentIds;
import org.transnormer.corpus.catalogue.Shards;
import tools.jackson.databind.json.JsonMapper;

/** Shards in PostgreSQL: a row per shard, none per document. */
public final class JdbcShards implements Shards {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String SELECT =
      """
      select h.*, s.name as source
      from shard h join source s on s.id = h.source_id
      """;

  private final JdbcClient jdbc;

  public JdbcShards(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<CataloguedShard> list(
      String corpusId, @Nullable String source, @Nullable String from, int limit) {
    return jdbc.sql(
            SELECT
                + """
                where h.corpus_id = :corpus and h.live
                  and (:source::text is null or s.name = :source)
                  and h.sha256 collate "C" >= :from collate "C"
                order by h.sha256 collate "C"
                limit :limit
                """)
        .param("corpus", corpusId)
        .param("source", source)
        .param("from", from == null ? "" : from)
        .param("limit", limit)
        .query(JdbcShards::shard)
        .list();
  }

  @Override
  public List<CataloguedShard> holding(String documentId) {
    return jdbc.sql(
            SELECT
                + """
                where h.id_tail = ?
                order by h.live desc, h.added_at desc, h.sha256
                """)
        .param(DocumentIds.sourceOf(documentId))
        .query(JdbcShards::shard)
        .list();
  }

  @Override
  public void replace(
      String corpusId, String sourceId, String ingestionId, List<CountedShard> shards) {
    jdbc.sql("update shard set live = false where corpus_id = ? and source_id = ? and live")
        .params(corpusId, sourceId)
        .update();
    String name =
        jdbc.sql("select name from source where id = ?")
            .param(sourceId)
            .query(String.class)
            .single();
    for (CountedShard shard : shards) {
      add(corpusId, sourceId, DocumentIds.ofSource(name), ingestionId, shard);
    }
  }

  private void add(
      String corpusId, String sourceId, String idTail, String ingestionId, CountedShard counted) {
    ShardRef shard = counted.ref();
    jdbc.sql(
            """
            insert into shard (corpus_id, sha256, prefix, source_id, id_tail, ingestion_id,
                               documents, bytes, text_bytes, languages, live, added_at)
            values (:corpus, :sha256, :prefix, :source, :tail, :ingestion,
                    :documents, :bytes, :textBytes, :languages::jsonb, true, now())
            on conflict (corpus_id, sha256) do update
              set live = true, ingestion_id = excluded.ingestion_id
            """)
        .param("corpus", corpusId)
        .param("sha256", shard.sha256())
        .param("prefix", shard.prefix())
        .param("source", sourceId)
        .param("tail", idTail)
        .param("ingestion", ingestionId)
        .param("documents", shard.documents())
        .param("bytes", shard.bytes())
        .param("textBytes", shard.textBytes())
        .param("languages", JSON.writeValueAsString(counted.languages()))
        .update();
  }

  private static CataloguedShard shard(ResultSet row, int number) throws SQLException {
    return new CataloguedShard(
        row.getString("corpus_id"),
        row.getString("source_id"),
        row.getString("source"),
        new ShardRef(
            row.getString("prefix"),
            row.getString("sha256"),
            row.getLong("documents"),
            row.getLong("bytes"),
            row.getLong("text_bytes")),
        row.getBoolean("live"));
  }
}
