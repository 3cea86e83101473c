package org.transnormer.trainer.runs.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.optionalText;
import static org.transnormer.trainer.sql.jdbc.Columns.optionalTime;
import static org.transnormer.trainer.sql.jdbc.Columns.parameter;
import static org.transnormer.trainer.sql.jdbc.Columns.text;
import static org.transnormer.trainer.sql.jdbc.Columns.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.transnormer.trainer.runs.RunAttempt;
import org.transnormer.trainer.runs.RunAttempt.Outcome;
import org.transnormer.trainer.runs.RunAttempt.Rank;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunSpec;

/** {@link RunAttempts} on tables {@code run_attempts} and {@code run_ranks}. */
public final class JdbcRunAttempts implements RunAttempts {

  private static final String SELECT =
      """
      SELECT a.*, r.rank, r.state, r.step, r.device, r.first_beat, r.last_beat, r.lease_until
        FROM run_attempts a LEFT JOIN run_ranks r USING (run_id, attempt)
      """;

  private static final String ORDER = " ORDER BY a.run_id, a.attempt, r.rank";

  private final JdbcClient db;

  public JdbcRunAttempts(JdbcClient db) {
    this.db = db;
  }

  @Override
  public void open(RunAttempt attempt, int ranks) {
    db.sql(
            """
            INSERT INTO run_attempts (run_id, attempt, epoch, resume_from, start_step, opened_at)
            VALUES (:run, :attempt, :epoch, :resume, :start, :opened)
            """)
        .param("run", attempt.runId())
        .param("attempt", attempt.number())
        .param("epoch", attempt.epoch())
        .param("resume", attempt.resumedFrom().orElse(null))
        .param("start", attempt.startStep())
        .param("opened", parameter(attempt.openedAt()))
        .update();
    db.sql(
            """
            INSERT INTO run_ranks (run_id, attempt, rank)
            SELECT :run, :attempt, generate_series(0, :ranks - 1)
            """)
        .param("run", attempt.runId())
        .param("attempt", attempt.number())
        .param("ranks", ranks)
        .update();
  }

  @Override
  public List<RunAttempt> of(Collection<String> runIds) {
    return gather(
        db.sql(SELECT + " WHERE a.run_id = ANY (:runs::text[])" + ORDER)
            .param("runs", runIds.toArray(String[]::new)));
  }

  @Override
  public Optional<RunAttempt> find(String runId, int number) {
    return gather(
            db.sql(SELECT + " WHERE a.run_id = :run AND a.attempt = :attempt" + ORDER)
                .param("run", runId)
                .param("attempt", number))
        .stream()
        .findFirst();
  }

  @Override
  public List<RunAttempt> newestOfUnfinished() {
    return gather(
        db.sql(
            SELECT
                + """
                  JOIN training_runs t ON t.id = a.run_id AND t.attempt = a.attempt
                 WHERE t.observed NOT IN ('succeeded', 'failed', 'cancelled')
                """
                + ORDER));
  }

  @Override
  public void setToken(String runId, int attempt, byte[] tokenHash) {
    db.sql("UPDATE run_attempts SET token_hash = :hash WHERE run_id = :run AND attempt = :attempt")
        .param("hash", tokenHash)
        .param("run", runId)
        .param("attempt", attempt)
        .update();
  }

  @Override
  public Optional<byte[]> token(String runId, int attempt) {
    return db.sql(
            """
            SELECT token_hash FROM run_attempts
             WHERE run_id = :run AND attempt = :attempt AND token_hash IS NOT NULL
            """)
        .param("run", runId)
        .param("attempt", attempt)
        .query(byte[].class)
        .optional();
  }

  @Override
  public void beat(String runId, int attempt, Beat beat, Duration lease, Duration othersFirst) {
    db.sql(
            """
            UPDATE run_ranks
               SET state = CASE WHEN rank = :rank THEN :state ELSE state END,
                   step = CASE WHEN rank = :rank THEN :step ELSE step END,
                   device = CASE WHEN rank = :rank THEN coalesce(:device, device) ELSE device END,
                   first_beat = CASE WHEN rank = :rank THEN coalesce(first_beat, clock_timestamp())
                                     ELSE first_beat END,
                   last_beat = CASE WHEN rank = :rank THEN clock_timestamp() ELSE last_beat END,
                   lease_until = clock_timestamp() + make_interval(secs =>
                       CASE WHEN rank = :rank THEN :lease ELSE :others END)
             WHERE run_id = :run AND attempt = :attempt
               AND (rank = :rank OR lease_until IS NULL)
            """)
        .param("rank", beat.rank())
        .param("state", beat.state())
        .param("step", beat.step())
        .param("device", beat.device().orElse(null), Types.VARCHAR)
        .param("lease", lease.toMillis() / 1000.0)
        .param("others", othersFirst.toMillis() / 1000.0)
        .param("run", runId)
        .param("attempt", attempt)
        .update();
  }

  @Override
  public void alive(String runId, int attempt, Duration lease) {
    db.sql(
            """
            UPDATE run_ranks
               SET lease_until = greatest(
                     lease_until, clock_timestamp() + make_interval(secs => :lease))
             WHERE run_id = :run AND attempt = :attempt AND rank = 0 AND lease_until IS NOT NULL
            """)
        .param("lease", lease.toMillis() / 1000.0)
        .param("run", runId)
        .param("attempt", attempt)
        .update();
  }

  @Override
  public void stopAsked(String runId, int attempt) {
    db.sql(
            """
            UPDATE run_attempts SET stop_asked_at = coalesce(stop_asked_at, clock_timestamp())
             WHERE run_id = :run AND attempt = :attempt
            """)
        .param("run", runId)
        .param("attempt", attempt)
        .update();
  }

  @Override
  public void end(String runId, int attempt, Outcome outcome, String reason, List<String> logTail) {
    db.sql(
            """
            UPDATE run_attempts
               SET outcome = :outcome, reason = :reason, log_tail = :tail,
                   ended_at = clock_timestamp()
             WHERE run_id = :run AND attempt = :attempt AND outcome IS NULL
            """)
        .param("outcome", RunSpec.word(outcome))
        .param("reason", reason)
        .param("tail", String.join("\n", logTail).replace("\0", ""))
        .param("run", runId)
        .param("attempt", attempt)
        .update();
  }

  /** Attempts with their ranks from rows of one rank each. */
  private static List<RunAttempt> gather(StatementSpec statement) {
    Map<String, RunAttempt> attempts = new LinkedHashMap<>();
    statement.query((ResultSet row) -> {
      String key = text(row, "run_id") + "/" + row.getInt("attempt");
      RunAttempt known = attempts.get(key);
      attempts.put(key, known == null ? attempt(row) : withRank(known, row));
    });
    return List.copyOf(attempts.values());
  }

  private static RunAttempt attempt(ResultSet row) throws SQLException {
    @Nullable Rank rank = rank(row);
    String tail = text(row, "log_tail");
    return new RunAttempt(
        text(row, "run_id"),
        row.getInt("attempt"),
        row.getLong("epoch"),
        optionalText(row, "resume_from"),
        row.getLong("start_step"),
        time(row, "opened_at"),
        optionalTime(row, "stop_asked_at"),
        optionalText(row, "outcome").flatMap(word -> RunSpec.constant(Outcome.class, word)),
        text(row, "reason"),
        tail.isEmpty() ? List.of() : tail.lines().toList(),
        optionalTime(row, "ended_at"),
        rank == null ? List.of() : List.of(rank));
  }

  private static RunAttempt withRank(RunAttempt attempt, ResultSet row) throws SQLException {
    List<Rank> ranks = new ArrayList<>(attempt.ranks());
    @Nullable Rank rank = rank(row);
    if (rank != null) {
      ranks.add(rank);
    }
    return new RunAttempt(
        attempt.runId(),
        attempt.number(),
        attempt.epoch(),
        attempt.resumedFrom(),
        attempt.startStep(),
        attempt.openedAt(),
        attempt.stopAskedAt(),
        attempt.outcome(),
        attempt.reason(),
        attempt.logTail(),
        attempt.endedAt(),
        ranks);
  }

  private static @Nullable Rank rank(ResultSet row) throws SQLException {
    int number = row.getInt("rank");
    if (row.wasNull()) {
      return null;
    }
    return new Rank(
        number,
        text(row, "state"),
        row.getLong("step"),
        optionalText(row, "device"),
        optionalTime(row, "first_beat"),
        optionalTime(row, "last_beat"),
        optionalTime(row, "lease_until"));
  }
}
