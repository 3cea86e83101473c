package org.transnormer.trainer.removal.jdbc;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.removal.Folders;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.References;

/** What of this service refers to what: runs do, and checkpoints that are of no run. */
public record JdbcReferences(JdbcClient db) implements References, Folders {
  private static final int NAMED = 20;

  @Override
  public List<String> to(Kind kind, String id) {
    return switch (kind) {
      case SNAPSHOT -> to("snapshotId", "snapshot_id", id);
      case TOKEN_SET -> to("tokenSetId", "token_set_id", id);
      default -> List.of();
    };
  }

  private List<String> to(String field, String column, String id) {
    return db.sql(
            """
            SELECT 'training run ' || id AS referrer FROM training_runs
             WHERE spec::jsonb -> 'data' ->> '%s' = :id
            UNION ALL
            SELECT 'checkpoint ' || id FROM checkpoints
             WHERE %s = :id AND run_id IS NULL AND state IN ('committed', 'corrupt')
             ORDER BY 1 DESC LIMIT :most
            """
                .formatted(field, column))
        .param("id", id)
        .param("most", NAMED)
        .query((row, _) -> row.getString(1))
        .list();
  }

  /** Nobody has to ask before referring to a run: whoever does has started it. */
  @Override
  public boolean has(Kind kind, String id) {
    return false;
  }

  @Override
  public Set<String> referredTo(String prefix) {
    return new HashSet<>(
        db.sql(
                """
                SELECT prefix FROM checkpoints
                 WHERE state IN ('committed', 'corrupt') AND starts_with(prefix, :prefix || '/')
                """)
            .param("prefix", prefix)
            .query((row, _) -> row.getString(1))
            .list());
  }
}
