package org.transnormer.trainer.checkpoints.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.optionalDouble;
import static org.transnormer.trainer.sql.jdbc.Columns.optionalText;
import static org.transnormer.trainer.sql.jdbc.Columns.parameter;
import static org.transnormer.trainer.sql.jdbc.Columns.text;
import static org.transnormer.trainer.sql.jdbc.Columns.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoint.Committed;
import org.transnormer.trainer.checkpoints.Checkpoint.Corrupt;
import org.transnormer.trainer.checkpoints.Checkpoint.Deleted;
import org.transnormer.trainer.checkpoints.Checkpoint.Deleting;
import org.transnormer.trainer.checkpoints.Checkpoint.FromOutside;
import org.transnormer.trainer.checkpoints.Checkpoint.FromRun;
import org.transnormer.trainer.checkpoints.Checkpoint.Origin;
import org.transnormer.trainer.checkpoints.Checkpoint.State;
import org.transnormer.trainer.checkpoints.Checkpoints;

/** {@link Checkpoints} on table {@code checkpoints}. */
public final class JdbcCheckpoints implements Checkpoints {

  /** Order in which a run goes on from its checkpoints. */
  private static final String USABLE_OF_RUN =
      "SELECT * FROM checkpoints WHERE run_id = :run AND state = 'committed'"
          + " ORDER BY attempt DESC, step DESC";

  private final JdbcClient db;

  public JdbcCheckpoints(JdbcClient db) {
    this.db = db;
  }

  @Override
  public void add(Checkpoint checkpoint) {
    @Nullable FromRun run = checkpoint.origin() instanceof FromRun origin ? origin : null;
    @Nullable String source =
        checkpoint.origin() instanceof FromOutside outside ? outside.uri() : null;
    db.sql(
            """
            INSERT INTO checkpoints (id, run_id, attempt, step, prefix, manifest_digest, bytes,
                                     token_set_id, snapshot_id, loss, heldout_loss, source,
                                     created_at)
            VALUES (:id, :run, :attempt, :step, :prefix, :digest, :bytes,
                    :tokenSet, :snapshot, :loss, :heldout, :source, :createdAt)
            """)
        .param("id", checkpoint.id())
        .param("run", run == null ? null : run.runId())
        .param("attempt", run == null ? null : Integer.valueOf(run.attempt()))
        .param("step", checkpoint.step())
        .param("prefix", checkpoint.prefix())
        .param("digest", checkpoint.manifestDigest())
        .param("bytes", checkpoint.bytes())
        .param("tokenSet", checkpoint.tokenSetId().orElse(null))
        .param("snapshot", checkpoint.snapshotId().orElse(null))
        .param("loss", parameter(checkpoint.loss()))
        .param("heldout", parameter(checkpoint.heldoutLoss()))
        .param("source", source)
        .param("createdAt", parameter(checkpoint.createdAt()))
        .update();
  }

  @Override
  public Optional<Checkpoint> find(String id) {
    return one("SELECT * FROM checkpoints WHERE id = :key", id);
  }

  @Override
  public Optional<Checkpoint> findByPrefix(String prefix) {
    return one("SELECT * FROM checkpoints WHERE prefix = :key", prefix);
  }

  @Override
  public Optional<Checkpoint> hold(String id) {
    return one("SELECT * FROM checkpoints WHERE id = :key AND state = 'committed' FOR SHARE", id);
  }

  @Override
  public Optional<Checkpoint> lock(String id) {
    return one("SELECT * FROM checkpoints WHERE id = :key AND state = 'committed' FOR UPDATE", id);
  }

  private Optional<Checkpoint> one(String sql, String key) {
    return db.sql(sql).param("key", key).query(JdbcCheckpoints::checkpoint).optional();
  }

  @Override
  public List<Checkpoint> list(Optional<String> runId, Optional<String> after, int limit) {
    return db.sql(
            """
            SELECT * FROM checkpoints
             WHERE (:run::text IS NULL OR run_id = :run) AND (:after::text IS NULL OR id < :after)
             ORDER BY id DESC LIMIT :limit
            """)
        .param("run", runId.orElse(null))
        .param("after", after.orElse(null))
        .param("limit", limit)
        .query(JdbcCheckpoints::checkpoint)
        .list();
  }

  @Override
  public List<Checkpoint> usableOf(String runId) {
    return db.sql(USABLE_OF_RUN).param("run", runId).query(JdbcCheckpoints::checkpoint).list();
  }

  @Override
  public List<Checkpoint> lockUsableOf(String runId) {
    return db.sql(USABLE_OF_RUN + " FOR UPDATE")
        .param("run", runId)
        .query(JdbcCheckpoints::checkpoint)
        .list();
  }

  @Override
  public Map<String, Integer> counts(Collection<String> runIds) {
    Map<String, Integer> counts = new HashMap<>();
    db.sql(
            """
            SELECT run_id, count(*) AS n FROM checkpoints
             WHERE run_id = ANY (:runs::text[]) AND state = 'committed' GROUP BY run_id
            """)
        .param("runs", runIds.toArray(String[]::new))
        .query((RowCallbackHandler) row -> counts.put(text(row, "run_id"), row.getInt("n")));
    return counts;
  }

  @Override
  public void markCorrupt(String id, String reason) {
    db.sql(
            """
            UPDATE checkpoints SET state = 'corrupt', reason = :reason
             WHERE id = :id AND state = 'committed'
            """)
        .param("reason", reason)
        .param("id", id)
        .update();
  }

  @Override
  public void markDeleting(Set<String> ids) {
    db.sql("UPDATE checkpoints SET state = 'deleting' WHERE id = ANY (:ids::text[])")
        .param("ids", ids.toArray(String[]::new))
        .update();
  }

  @Override
  public List<Checkpoint> deleting() {
    return db.sql("SELECT * FROM checkpoints WHERE state = 'deleting' ORDER BY id")
        .query(JdbcCheckpoints::checkpoint)
        .list();
  }

  @Override
  public void markDeleted(String id) {
    db.sql(
            """
            UPDATE checkpoints SET state = 'deleted', deleted_at = clock_timestamp()
             WHERE id = :id AND state = 'deleting'
            """)
        .param("id", id)
        .update();
  }

  @Override
  public Instant now() {
    return db.sql("SELECT clock_timestamp()").query(OffsetDateTime.class).single().toInstant();
  }

  private static Checkpoint checkpoint(ResultSet row, int number) throws SQLException {
    @Nullable String runId = row.getString("run_id");
    Origin origin =
        runId == null
            ? new FromOutside(text(row, "source"))
            : new FromRun(runId, row.getInt("attempt"));
    return new Checkpoint(
        text(row, "id"),
        origin,
        row.getLong("step"),
        text(row, "prefix"),
        text(row, "manifest_digest"),
        row.getLong("bytes"),
        optionalText(row, "token_set_id"),
        optionalText(row, "snapshot_id"),
        optionalDouble(row, "loss"),
        optionalDouble(row, "heldout_loss"),
        state(row),
        time(row, "created_at"));
  }

  private static State state(ResultSet row) throws SQLException {
    String state = text(row, "state");
    return switch (state) {
      case "committed" -> new Committed();
      case "corrupt" -> new Corrupt(text(row, "reason"));
      case "deleting" -> new Deleting();
      case "deleted" -> new Deleted();
      default -> throw new IllegalStateException("unknown state of a checkpoint: " + state);
    };
  }
}
