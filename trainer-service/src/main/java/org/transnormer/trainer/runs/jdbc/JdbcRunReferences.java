package org.transnormer.trainer.runs.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.text;

import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.trainer.checkpoints.CheckpointReferences;

/**
 * The best and the final checkpoint of a run stay, and the one that a running attempt began with.
 */
public final class JdbcRunReferences implements CheckpointReferences {

  private final JdbcClient db;

  public JdbcRunReferences(JdbcClient db) {
    this.db = db;
  }

  @Override
  public Map<String, String> among(Set<String> checkpointIds) {
    Map<String, String> referrers = new HashMap<>();
    db.sql(
            """
            SELECT final_checkpoint AS checkpoint, 'final of run ' || id AS referrer
              FROM training_runs WHERE final_checkpoint = ANY (:ids::text[])
            UNION ALL
            SELECT best_checkpoint, 'best of run ' || id
              FROM training_runs WHERE best_checkpoint = ANY (:ids::text[])
            UNION ALL
            SELECT a.resume_from, 'attempt ' || a.attempt || ' of run ' || a.run_id
              FROM run_attempts a
             WHERE a.resume_from = ANY (:ids::text[]) AND a.ended_at IS NULL
            """)
        .param("ids", checkpointIds.toArray(String[]::new))
        .query((ResultSet row) -> {
          referrers.merge(text(row, "checkpoint"), text(row, "referrer"), (a, b) -> a + ", " + b);
        });
    return referrers;
  }
}
