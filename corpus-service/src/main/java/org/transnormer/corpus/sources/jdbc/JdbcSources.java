package org.transnormer.corpus.sources.jdbc;

import java.net.URI;
import java.nio.charset.Charset;
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
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceCounts;
import org.transnormer.corpus.sources.SourceFormat;
import org.transnormer.corpus.sources.Sources;
import org.transnormer.corpus.sources.Split;
import org.transnormer.corpus.sources.Tagging;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Sources in PostgreSQL. */
public final class JdbcSources implements Sources {
  private static final JsonMapper JSON = new JsonMapper();
  private static final TypeReference<Map<String, String>> STRINGS = new TypeReference<>() {};

  private final JdbcClient jdbc;

  public JdbcSources(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public boolean add(Source source) {
    ReadingRules rules = source.rules();
    return jdbc.sql(
                """
                insert into source (id, corpus_id, name, uri, include_glob, exclude_glob, format,
                                    fields, split, split_bytes, tagged, invalid_text, charset,
                                    licence, provenance, metadata, created_at, created_by)
                values (:id, :corpusId, :name, :uri, :include, :exclude, :format,
                        :fields::jsonb, :split, :splitBytes, :tagged, :invalidText, :charset,
                        :licence, :provenance, :metadata::jsonb, :createdAt, :createdBy)
                on conflict (corpus_id, name) do nothing
                """)
            .param("id", source.id())
            .param("corpusId", source.corpusId())
            .param("name", source.name())
            .param("uri", source.uri().toString())
            .param("include", source.include())
            .param("exclude", source.exclude())
            .param("format", rules.format().name())
            .param("fields", JSON.writeValueAsString(rules.fields()))
            .param("split", rules.split().name())
            .param("splitBytes", rules.splitBytes())
            .param("tagged", rules.tagged().name())
            .param("invalidText", rules.invalidText().name())
            .param("charset", rules.charset().name())
            .param("licence", source.licence())
            .param("provenance", source.provenance())
            .param("metadata", JSON.writeValueAsString(source.metadata()))
            .param("createdAt", source.createdAt().atOffset(ZoneOffset.UTC))
            .param("createdBy", source.createdBy())
            .update()
        == 1;
  }

  @Override
  public Optional<Source> find(String id) {
    return jdbc.sql("select * from source where id = ?")
        .param(id)
        .query(JdbcSources::source)
        .optional();
  }

  @Override
  public List<Source> list(String corpusId, @Nullable String after, int limit) {
    return jdbc.sql("select * from source where corpus_id = ? and id > ? order by id limit ?")
        .params(corpusId, after == null ? "" : after, limit)
        .query(JdbcSources::source)
        .list();
  }

  @Override
  public Map<String, SourceCounts> counts(Collection<String> ids) {
    Map<String, SourceCounts> counts = new HashMap<>();
    if (!ids.isEmpty()) {
      jdbc.sql(
              """
              select source_id, sum(documents), count(*), sum(bytes), sum(text_bytes)
              from shard where source_id in (:ids) and live group by source_id
              """)
          .param("ids", ids)
          .query(row -> {
            counts.put(
                row.getString(1),
                new SourceCounts(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)));
          });
    }
    return counts;
  }

  private static Source source(ResultSet row, int number) throws SQLException {
    ReadingRules rules =
        new ReadingRules(
            SourceFormat.valueOf(row.getString("format")),
            JSON.readValue(row.getString("fields"), STRINGS),
            Split.valueOf(row.getString("split")),
            row.getInt("split_bytes"),
            Tagging.valueOf(row.getString("tagged")),
            InvalidText.valueOf(row.getString("invalid_text")),
            Charset.forName(row.getString("charset")));
    return new Source(
        row.getString("id"),
        row.getString("corpus_id"),
        row.getString("name"),
        URI.create(row.getString("uri")),
        row.getString("include_glob"),
        row.getString("exclude_glob"),
        rules,
        row.getString("licence"),
        row.getString("provenance"),
        JSON.readValue(row.getString("metadata"), STRINGS),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        row.getString("created_by"));
  }
}
