package org.transnormer.cleaning.removal.jdbc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.References;

@Repository
class JdbcReferences implements References, Folders {
  private static final int NAMED = 20;

  private final JdbcClient jdbc;

  JdbcReferences(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public List<String> to(Kind kind, String id) {
    return switch (kind) {
      case CORPUS ->
          named("select 'cleaning run ' || id from cleaning_run where corpus_id = :id", id);
      case SNAPSHOT ->
          named(
              """
              select 'token set ' || id from token_set where snapshot_id = :id
              union all
              select 'tokenizer ' || id from tokenizer where snapshot_id = :id
              """,
              id);
      case TRAINING_RUN -> // one that can go on needs the model that it has asked for
          named(
              """
              select 'cleaning run ' || r.run_id || ', which can go on'
                from evaluation_round r join work w on w.id = r.run_id
               where r.training_run_id = :id and w.state not in ('succeeded', 'abandoned')
              """,
              id);
      default -> List.of();
    };
  }

  private List<String> named(String sql, String id) {
    return jdbc.sql(sql + " limit " + NAMED)
        .param("id", id)
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** The token set of a round is one, too. */
  @Override
  public boolean has(Kind kind, String id) {
    return kind == Kind.TOKEN_SET
        && (isThere("select 1 from work where id = :id and kind = 'token-set' for share", id)
            || isThere(
                """
                select 1 from work w join evaluation_round r on r.run_id = w.id
                 where r.token_set_id = :id for share of w
                """,
                id));
  }

  private boolean isThere(String sql, String id) {
    return jdbc.sql(sql).param("id", id).query(Integer.class).optional().isPresent();
  }

  @Override
  public Set<String> referredTo(String prefix) {
    return new HashSet<>(
        jdbc.sql(
                """
                select prefix from (
                  select prefix from tokenizer
                  union select 'tokenizers/' || tokenizer_sha256 from evaluation_round
                  union select prefix from token_set
                  union select clean_prefix from cleaning_shard) folders
                where prefix = :prefix or starts_with(prefix, :prefix || '/')
                """)
            .param("prefix", prefix)
            .query((row, _) -> row.getString(1))
            .list());
  }
}
