package org.transnormer.trainer.removal.jdbc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Neighbours;
import org.transnormer.support.removal.Removable;
import org.transnormer.trainer.checkpoints.CheckpointReferences;
import org.transnormer.trainer.checkpoints.Checkpoints;

/**
 * A run that has ended, with its metrics, log, attempts and checkpoints. Records of its checkpoints
 * stay for lineage.
 *
 * @param references to checkpoints, but for the run's own
 */
record RunRemoval(
    JdbcClient db,
    Checkpoints checkpoints,
    List<CheckpointReferences> references,
    Neighbours neighbours,
    String id)
    implements Removable {

  @Override
  public Kind kind() {
    return Kind.TRAINING_RUN;
  }

  @Override
  public String resource() {
    return "/api/v1/training-runs/" + id;
  }

  @Override
  public boolean lock() {
    return !texts("SELECT id FROM training_runs WHERE id = :id FOR UPDATE").isEmpty();
  }

  @Override
  public List<String> referrers() {
    List<String> all =
        new ArrayList<>(
            texts(
                """
                SELECT 'its own work, which is ' || observed FROM training_runs
                 WHERE id = :id AND observed NOT IN ('succeeded', 'failed', 'cancelled')
                """));
    if (!all.isEmpty()) {
      return all; // its workers wait for the lock, and others may take their time to answer
    }
    all.addAll(CheckpointReferences.among(references, checkpointIds()).values());
    all.addAll(neighbours.referrers(Kind.TRAINING_RUN, id, List.of("cleaning")));
    return all;
  }

  /** Of those that are there; nobody begins to refer to them meanwhile. */
  private Set<String> checkpointIds() {
    return new HashSet<>(
        texts(
            """
            SELECT id FROM checkpoints
             WHERE run_id = :id AND state IN ('committed', 'corrupt') FOR UPDATE
            """));
  }

  /** What attempts have left uncommitted lies in the run's folder, too. */
  @Override
  public Contents contents() {
    return db.sql(
            """
            SELECT count(*) AS checkpoints, coalesce(sum(bytes), 0) AS bytes,
                   (SELECT count(*) FROM run_attempts WHERE run_id = :id) AS attempts,
                   (SELECT count(*) FROM metric_points WHERE run_id = :id) AS points,
                   (SELECT count(*) FROM run_log WHERE run_id = :id) AS lines
              FROM checkpoints WHERE run_id = :id AND state IN ('committed', 'corrupt')
            """)
        .param("id", id)
        .query((row, _) ->
            new Contents(
                Map.of(
                    "checkpoints", row.getLong("checkpoints"),
                    "attempts", row.getLong("attempts"),
                    "metricPoints", row.getLong("points"),
                    "logLines", row.getLong("lines")),
                row.getLong("bytes"),
                List.of("checkpoints/" + id)))
        .single();
  }

  @Override
  public void remove() {
    checkpoints.markDeleting(checkpointIds());
    for (String table :
        List.of("metric_points", "metric_summaries", "run_log", "run_ranks", "run_attempts")) {
      delete("DELETE FROM " + table + " WHERE run_id = :id");
    }
    delete("DELETE FROM training_runs WHERE id = :id");
  }

  private void delete(String sql) {
    db.sql(sql).param("id", id).update();
  }

  private List<String> texts(String sql) {
    return db.sql(sql).param("id", id).query((row, _) -> row.getString(1)).list();
  }
}
