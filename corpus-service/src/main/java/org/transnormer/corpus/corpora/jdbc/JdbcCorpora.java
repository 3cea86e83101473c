package org.transnormer.corpus.corpora.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.corpora.Corpora;
import org.transnormer.corpus.corpora.Corpus;
import org.transnormer.corpus.corpora.CorpusCounts;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Corpora in PostgreSQL. */
public final class JdbcCorpora implements Corpora {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<List<String>> STRINGS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  public JdbcCorpora(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean add(Corpus corpus) {
    return jdbc.sql(
                """
                insert into corpus (id, name, description, licences, version, created_at,
                                    created_by, updated_at)
                values (:id, :name, :description, :licences::jsonb, :version, :createdAt,
                        :createdBy, :updatedAt)
                on conflict (name) do nothing
                """)
            .param("id", corpus.id())
            .param("name", corpus.name())
            .param("description", corpus.description())
            .param("licences", JSON.writeValueAsString(corpus.licences()))
            .param("version", corpus.version())
            .param("createdAt", corpus.createdAt().atOffset(ZoneOffset.UTC))
            .param("createdBy", corpus.createdBy())
            .param("updatedAt", corpus.updatedAt().atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  @Override
  public Optional<Corpus> find(String id) {
    return jdbc.sql("select * from corpus where id = ?")
        .param(id)
        .query(JdbcCorpora::corpus)
        .optional();
  }

  @Override
  public List<Corpus> list(@Nullable String after, int limit) {
    return jdbc.sql("select * from corpus where id > ? order by id limit ?")
        .param(after == null ? "" : after)
        .param(limit)
        .query(JdbcCorpora::corpus)
        .list();
  }

  @Override
  public Map<String, CorpusCounts> counts(Collection<String> ids) {
    Map<String, CorpusCounts> counts = new HashMap<>();
    if (ids.isEmpty()) {
      return counts;
    }
    jdbc.sql(
            """
            select c.id,
                   (select count(*) from source s where s.corpus_id = c.id) as sources,
                   coalesce(sum(h.documents), 0) as documents,
                   count(h.sha256) as shards,
                   coalesce(sum(h.bytes), 0) as bytes,
                   coalesce(sum(h.text_bytes), 0) as text_bytes
            from corpus c left join shard h on h.corpus_id = c.id and h.live
            where c.id in (:ids)
            group by c.id
            """)
        .param("ids", ids)
        .query(row -> {
          counts.put(row.getString("id"), counts(row));
        });
    return counts;
  }

  @Override
  public Tallies tallies(String id) {
    String shards =
        " from shard h join source s on s.id = h.source_id where h.corpus_id = ? and h.live";
    return new Tallies(
        tally("select s.name, sum(h.documents)" + shards + " group by 1", id),
        tally(
            "select l.key, sum(l.value::bigint)"
                + shards.replace(" where", ", jsonb_each_text(h.languages) l where")
                + " group by 1",
            id),
        tally("select s.licence, sum(h.documents)" + shards + " group by 1", id));
  }

  private List<Tally> tally(String sql, String id) {
    return jdbc.sql(sql + " order by 2 desc, 1")
        .param(id)
        .query((row, _) -> new Tally(row.getString(1), row.getLong(2)))
        .list();
  }

  @Override
  public boolean replace(Corpus changed) {
    return jdbc.sql(
                """
                update corpus
                set name = :name, description = :description, licences = :licences::jsonb,
                    version = :version, updated_at = :updatedAt
                where id = :id and version = :version - 1
                """)
            .param("id", changed.id())
            .param("name", changed.name())
            .param("description", changed.description())
            .param("licences", JSON.writeValueAsString(changed.licences()))
            .param("version", changed.version())
            .param("updatedAt", changed.updatedAt().atOffset(ZoneOffset.UTC))
            .update()
        == 1;
  }

  @Override
  public boolean nameTaken(String name, String exceptId) {
    return jdbc.sql("select exists (select 1 from corpus where name = ? and id <> ?)")
        .params(name, exceptId)
        .query(Boolean.class)
        .single();
  }

  @Override
  public boolean lock(String id) {
    return jdbc.sql("select id from corpus where id = ? for update")
        .param(id)
        .query(String.class)
        .optional()
        .isPresent();
  }

  private static CorpusCounts counts(ResultSet row) throws SQLException {
    return new CorpusCounts(
        row.getLong("sources"),
        row.getLong("documents"),
        row.getLong("shards"),
        row.getLong("bytes"),
        row.getLong("text_bytes"));
  }

  private static Corpus corpus(ResultSet row, int number) throws SQLException {
    return new Corpus(
        row.getString("id"),
        row.getString("name"),
        row.getString("description"),
        JSON.readValue(row.getString("licences"), STRINGS),
        row.getLong("version"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getString("created_by"),
        row.getObject("updated_at", OffsetDateTime.class).toInstant());
  }
}
