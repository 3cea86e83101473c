package org.transnormer.cleaning.tokenizers.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.cleaning.tokenizers.TokenizerRecord;
import org.transnormer.cleaning.tokenizers.TokenizerRecord.Origin;
import org.transnormer.cleaning.tokenizers.Tokenizers;
import org.transnormer.cleaning.work.Works;

@Repository
class JdbcTokenizers implements Tokenizers {

  private final JdbcClient jdbc;
  private final Works works;

  JdbcTokenizers(JdbcClient jdbc, Works works) {
    this.jdbc = jdbc;
    this.works = works;
  }

  @Override
  public void add(
      String id, @Nullable String name, @Nullable String snapshotId, int vocabSize, Origin origin) {
    jdbc.sql(
            """
            insert into tokenizer (id, name, snapshot_id, vocab_size, origin)
            values (:id, :name, :snapshot, :vocab, :origin)
            """)
        .param("id", id)
        .param("name", name)
        .param("snapshot", snapshotId)
        .param("vocab", vocabSize)
        .param("origin", origin.name().toLowerCase(Locale.ROOT))
        .update();
  }

  @Override
  public Optional<TokenizerRecord> find(String id) {
    return jdbc.sql(
            "select * from tokenizer where id = :id or sha256 = :id"
                + " order by (id = :id) desc, id limit 1")
        .param("id", id)
        .query(this::tokenizer)
        .optional();
  }

  @Override
  public boolean hold(String id) {
    return jdbc.sql("select 1 from work where id = :id and kind = 'tokenizer' for share")
        .param("id", id)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  @Override
  public List<TokenizerRecord> list(
      @Nullable String snapshotId, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from tokenizer
             where (cast(:snapshot as text) is null or snapshot_id = :snapshot)
               and (cast(:after as text) is null or id < :after)
             order by id desc limit :limit
            """)
        .param("snapshot", snapshotId)
        .param("after", after)
        .param("limit", limit)
        .query(this::tokenizer)
        .list();
  }

  @Override
  public void made(String id, String sha256, String prefix, int vocabSize) {
    jdbc.sql(
            "update tokenizer set sha256 = :sha256, prefix = :prefix, vocab_size = :vocab"
                + " where id = :id")
        .param("sha256", sha256)
        .param("prefix", prefix)
        .param("vocab", vocabSize)
        .param("id", id)
        .update();
  }

  private TokenizerRecord tokenizer(ResultSet row, int number) throws SQLException {
    return new TokenizerRecord(
        works.find(row.getString("id")).orElseThrow(),
        row.getString("name"),
        row.getString("snapshot_id"),
        row.getInt("vocab_size"),
        Origin.valueOf(row.getString("origin").toUpperCase(Locale.ROOT)),
        row.getString("sha256"),
        row.getString("prefix"));
  }
}
