package org.transnormer.cleaning.tokensets.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.cleaning.tokensets.TokenSetRecord;
import org.transnormer.cleaning.tokensets.TokenSetRecord.Counts;
import org.transnormer.cleaning.tokensets.TokenSetRecord.Result;
import org.transnormer.cleaning.tokensets.TokenSets;
import org.transnormer.cleaning.work.Works;

@Repository
class JdbcTokenSets implements TokenSets {

  private final JdbcClient jdbc;
  private final Works works;

  JdbcTokenSets(JdbcClient jdbc, Works works) {
    this.jdbc = jdbc;
    this.works = works;
  }

  @Override
  public void add(
      String id, String snapshotId, String tokenizerId, String tokenizerSha256, String prefix) {
    jdbc.sql(
            """
            insert into token_set (id, snapshot_id, tokenizer_id, tokenizer_sha256, prefix)
            values (:id, :snapshot, :tokenizer, :sha256, :prefix)
            """)
        .param("id", id)
        .param("snapshot", snapshotId)
        .param("tokenizer", tokenizerId)
        .param("sha256", tokenizerSha256)
        .param("prefix", prefix)
        .update();
  }

  @Override
  public Optional<TokenSetRecord> find(String id) {
    return jdbc.sql(
            "select * from token_set where id = :id or digest = :id"
                + " order by (id = :id) desc, id limit 1")
        .param("id", id)
        .query(this::tokenSet)
        .optional();
  }

  @Override
  public List<TokenSetRecord> list(@Nullable String snapshotId, @Nullable String after, int limit) {
    return jdbc.sql(
            """
            select * from token_set
             where (cast(:snapshot as text) is null or snapshot_id = :snapshot)
               and (cast(:after as text) is null or id < :after)
             order by id desc limit :limit
            """)
        .param("snapshot", snapshotId)
        .param("after", after)
        .param("limit", limit)
        .query(this::tokenSet)
        .list();
  }

  @Override
  public void made(String id, Result result) {
    jdbc.sql(
            """
            update token_set
               set digest = :digest, vocab_size = :vocab,
                   train_tokens = :trainTokens, train_documents = :trainDocuments,
                   train_bytes = :trainBytes, heldout_tokens = :heldoutTokens,
                   heldout_documents = :heldoutDocuments, heldout_bytes = :heldoutBytes,
                   unigram_entropy_nats = :entropy, unigram_heldout_nats = :unigram,
                   kneser_ney_bigram_nats = :bigram
             where id = :id
            """)
        .param("digest", result.digest())
        .param("vocab", result.vocabSize())
        .param("trainTokens", result.train().tokens())
        .param("trainDocuments", result.train().documents())
        .param("trainBytes", result.train().bytes())
        .param("heldoutTokens", result.heldout().tokens())
        .param("heldoutDocuments", result.heldout().documents())
        .param("heldoutBytes", result.heldout().bytes())
        .param("entropy", result.unigramEntropyNats())
        .param("unigram", result.unigramHeldoutNats())
        .param("bigram", result.kneserNeyBigramNats())
        .param("id", id)
        .update();
  }

  private TokenSetRecord tokenSet(ResultSet row, int number) throws SQLException {
    return new TokenSetRecord(
        works.find(row.getString("id")).orElseThrow(),
        row.getString("snapshot_id"),
        row.getString("tokenizer_id"),
        row.getString("tokenizer_sha256"),
        row.getString("prefix"),
        result(row));
  }

  private static @Nullable Result result(ResultSet row) throws SQLException {
    String digest = row.getString("digest");
    return digest == null
        ? null
        : new Result(
            digest,
            row.getInt("vocab_size"),
            new Counts(
                row.getLong("train_tokens"),
                row.getLong("train_documents"),
                row.getLong("train_bytes")),
            new Counts(
                row.getLong("heldout_tokens"),
                row.getLong("heldout_documents"),
                row.getLong("heldout_bytes")),
            row.getDouble("unigram_entropy_nats"),
            row.getObject("unigram_heldout_nats", Double.class),
            row.getObject("kneser_ney_bigram_nats", Double.class));
  }
}
