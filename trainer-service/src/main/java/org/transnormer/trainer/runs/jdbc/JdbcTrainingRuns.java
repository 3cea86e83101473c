package org.transnormer.trainer.runs.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.optionalText;
import static org.transnormer.trainer.sql.jdbc.Columns.optionalTime;
import static org.transnormer.trainer.sql.jdbc.Columns.parameter;
import static org.transnormer.trainer.sql.jdbc.Columns.text;
import static org.transnormer.trainer.sql.jdbc.Columns.time;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.trainer.runs.Desired;
import org.transnormer.trainer.runs.Purpose;
import org.transnormer.trainer.runs.RunSpec;
import org.transnormer.trainer.runs.RunState;
import org.transnormer.trainer.runs.RunState.Cancelled;
import org.transnormer.trainer.runs.RunState.Ended;
import org.transnormer.trainer.runs.RunState.Failed;
import org.transnormer.trainer.runs.RunState.Queued;
import org.transnormer.trainer.runs.RunState.Recovering;
import org.transnormer.trainer.runs.RunState.Running;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.RunState.Succeeded;
import org.transnormer.trainer.runs.RunState.Suspended;
import org.transnormer.trainer.runs.SpecJson;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;
import org.transnormer.trainer.runs.Tries;
import tools.jackson.databind.json.JsonMapper;

/** {@link TrainingRuns} on table {@code training_runs}. */
public final class JdbcTrainingRuns implements TrainingRuns {

  private static final String UNFINISHED = "observed NOT IN ('succeeded', 'failed', 'cancelled')";

  private final JdbcClient db;

  public JdbcTrainingRuns(JdbcClient db) {
    this.db = db;
  }

  @Override
  public void add(TrainingRun run) {
    db.sql(
            """
            INSERT INTO training_runs (id, name, purpose, spec, spec_digest, desired, observed,
                                       cloned_from, launched_by, created_at)
            VALUES (:id, :name, :purpose, :spec, :digest, :desired, :observed,
                    :clonedFrom, :launchedBy, :createdAt)
            """)
        .param("id", run.id())
        .param("name", run.name())
        .param("purpose", RunSpec.word(run.purpose()))
        .param("spec", specText(run.spec()))
        .param("digest", run.specDigest())
        .param("desired", RunSpec.word(run.desired()))
        .param("observed", run.state().label())
        .param("clonedFrom", run.clonedFrom().orElse(null))
        .param("launchedBy", run.launchedBy())
        .param("createdAt", parameter(run.createdAt()))
        .update();
  }

  @Override
  public Optional<TrainingRun> find(String id) {
    return db.sql("SELECT * FROM training_runs WHERE id = :id")
        .param("id", id)
        .query(JdbcTrainingRuns::run)
        .optional();
  }

  @Override
  public OptionalLong version(String id) {
    return db.sql("SELECT version FROM training_runs WHERE id = :id")
        .param("id", id)
        .query((row, _) -> OptionalLong.of(row.getLong("version")))
        .optional()
        .orElse(OptionalLong.empty());
  }

  @Override
  public Optional<TrainingRun> lock(String id) {
    return db.sql("SELECT * FROM training_runs WHERE id = :id FOR NO KEY UPDATE")
        .param("id", id)
        .query(JdbcTrainingRuns::run)
        .optional();
  }

  @Override
  public void save(TrainingRun run) {
    int changed =
        db.sql(
                """
                UPDATE training_runs
                   SET desired = :desired, observed = :observed, attempt = :attempt,
                       losses = :losses, reason = :reason, retry_at = :retryAt,
                       stop_kind = :stopKind, waits_for = :waitsFor, epoch = :epoch,
                       version = version + 1, step = :step,
                       final_checkpoint = :final, best_checkpoint = :best,
                       started_at = :startedAt, ended_at = :endedAt
                 WHERE id = :id AND version = :version
                """)
            .param("desired", RunSpec.word(run.desired()))
            .param("observed", run.state().label())
            .param("attempt", run.state().tries().attempt())
            .param("losses", run.state().tries().losses())
            .param("reason", reason(run.state()))
            .param("retryAt", retryAt(run.state()))
            .param("stopKind", stopKind(run.state()))
            .param("waitsFor", run.waitsFor())
            .param("epoch", run.epoch())
            .param("step", run.step())
            .param("final", run.finalCheckpoint().orElse(null))
            .param("best", run.bestCheckpoint().orElse(null))
            .param("startedAt", parameter(run.startedAt()))
            .param("endedAt", parameter(run.endedAt()))
            .param("id", run.id())
            .param("version", run.version())
            .update();
    if (changed != 1) {
      throw new IllegalStateException("run " + run.id() + " was saved without having been locked");
    }
  }

  @Override
  public List<TrainingRun> unfinished() {
    return db.sql("SELECT * FROM training_runs WHERE " + UNFINISHED + " ORDER BY id")
        .query(JdbcTrainingRuns::run)
        .list();
  }

  @Override
  public List<TrainingRun> list(Filter filter, Optional<String> after, int limit) {
    return db.sql(
            """
            SELECT * FROM training_runs
             WHERE (:state::text IS NULL OR observed = :state)
               AND (:purpose::text IS NULL OR purpose = :purpose)
               AND (:after::text IS NULL OR id < :after)
             ORDER BY id DESC LIMIT :limit
            """)
        .param("state", filter.state().orElse(null))
        .param("purpose", filter.purpose().map(RunSpec::word).orElse(null))
        .param("after", after.orElse(null))
        .param("limit", limit)
        .query(JdbcTrainingRuns::run)
        .list();
  }

  @Override
  public Map<String, Long> countByState() {
    Map<String, Long> counts = new HashMap<>();
    db.sql("SELECT observed, count(*) AS n FROM training_runs GROUP BY observed")
        .query((RowCallbackHandler) row -> counts.put(text(row, "observed"), row.getLong("n")));
    return counts;
  }

  @Override
  public Instant now() {
    return db.sql("SELECT clock_timestamp()").query(OffsetDateTime.class).single().toInstant();
  }

  private static String specText(RunSpec spec) {
    return new String(CanonicalJson.bytes(SpecJson.write(spec)), StandardCharsets.UTF_8);
  }

  private static TrainingRun run(ResultSet row, int number) throws SQLException {
    return new TrainingRun(
        text(row, "id"),
        text(row, "name"),
        RunSpec.constant(Purpose.class, text(row, "purpose")).orElseThrow(),
        SpecJson.read(JsonMapper.shared().readTree(text(row, "spec"))),
        text(row, "spec_digest"),
        RunSpec.constant(Desired.class, text(row, "desired")).orElseThrow(),
        state(row),
        text(row, "waits_for"),
        row.getLong("epoch"),
        row.getLong("version"),
        row.getLong("step"),
        optionalText(row, "final_checkpoint"),
        optionalText(row, "best_checkpoint"),
        optionalText(row, "cloned_from"),
        text(row, "launched_by"),
        time(row, "created_at"),
        optionalTime(row, "started_at"),
        optionalTime(row, "ended_at"));
  }

  private static RunState state(ResultSet row) throws SQLException {
    Tries tries = new Tries(row.getInt("attempt"), row.getInt("losses"));
    String observed = text(row, "observed");
    return switch (observed) {
      case "queued" -> new Queued(tries);
      case "starting" -> new Starting(tries);
      case "running" -> new Running(tries);
      case "recovering" -> new Recovering(tries, text(row, "reason"), time(row, "retry_at"));
      case "stopping" ->
          new Stopping(tries, RunSpec.constant(Stop.class, text(row, "stop_kind")).orElseThrow());
      case "suspended" -> new Suspended(tries);
      case "succeeded" -> new Succeeded(tries);
      case "failed" -> new Failed(tries, text(row, "reason"));
      case "cancelled" -> new Cancelled(tries);
      default -> throw new IllegalStateException("unknown state of a run: " + observed);
    };
  }

  private static String reason(RunState state) {
    return switch (state) {
      case Recovering recovering -> recovering.reason();
      case Failed failed -> failed.reason();
      case Queued _, Starting _, Running _, Stopping _, Suspended _ -> "";
      case Ended _ -> "";
    };
  }

  private static @Nullable OffsetDateTime retryAt(RunState state) {
    return state instanceof Recovering recovering ? parameter(recovering.retryAt()) : null;
  }

  private static @Nullable String stopKind(RunState state) {
    return state instanceof Stopping stopping ? RunSpec.word(stopping.kind()) : null;
  }
}
