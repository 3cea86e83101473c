package org.transnormer.trainer.progress.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.text;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.trainer.progress.Measurement;
import org.transnormer.trainer.progress.Point;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.progress.Series;
import org.transnormer.trainer.progress.Thinning;

/** {@link RunMetrics} on tables {@code metric_points} and {@code metric_summaries}. */
public final class JdbcRunMetrics implements RunMetrics {

  /** Measured by a lost attempt beyond the checkpoint that a later one went on from. */
  private static final String DISCARDED =
      """
      EXISTS (SELECT 1 FROM run_attempts later
               WHERE later.run_id = p.run_id AND later.attempt > p.attempt
                 AND later.start_step < p.step)
      """;

  private final JdbcClient db;

  public JdbcRunMetrics(JdbcClient db) {
    this.db = db;
  }

  @Override
  public void add(String runId, int attempt, List<Measurement> measurements) {
    if (measurements.isEmpty()) {
      return;
    }
    db.sql(
            """
            WITH given AS (
              SELECT DISTINCT ON (key, step) key, step, value
                FROM unnest(:keys::text[], :steps::bigint[], :values::float8[])
                     WITH ORDINALITY AS g (key, step, value, place)
               ORDER BY key, step, place DESC
            ), points AS (
              INSERT INTO metric_points (run_id, key, step, attempt, value)
              SELECT :run, key, step, :attempt, value FROM given ORDER BY step, key
              ON CONFLICT (run_id, key, step, attempt) DO UPDATE SET value = EXCLUDED.value
            ), ends AS (
              SELECT key, min(step) AS first_step, max(step) AS last_step FROM given GROUP BY key
            )
            INSERT INTO metric_summaries AS s
                   (run_id, key, first_step, first_value, last_step, last_attempt, last_value)
            SELECT :run, e.key, e.first_step, f.value, e.last_step, :attempt, l.value
              FROM ends e
              JOIN given f ON f.key = e.key AND f.step = e.first_step
              JOIN given l ON l.key = e.key AND l.step = e.last_step
            ON CONFLICT (run_id, key) DO UPDATE
               SET first_step = LEAST(s.first_step, EXCLUDED.first_step),
                   first_value = CASE WHEN EXCLUDED.first_step < s.first_step
                                      THEN EXCLUDED.first_value ELSE s.first_value END,
                   last_value = CASE WHEN (EXCLUDED.last_attempt, EXCLUDED.last_step)
                                       >= (s.last_attempt, s.last_step)
                                     THEN EXCLUDED.last_value ELSE s.last_value END,
                   last_step = CASE WHEN EXCLUDED.last_attempt > s.last_attempt
                                    THEN EXCLUDED.last_step
                                    WHEN EXCLUDED.last_attempt < s.last_attempt THEN s.last_step
                                    ELSE GREATEST(EXCLUDED.last_step, s.last_step) END,
                   last_attempt = GREATEST(EXCLUDED.last_attempt, s.last_attempt)
            """)
        .param("keys", measurements.stream().map(Measurement::key).toArray(String[]::new))
        .param("steps", measurements.stream().map(Measurement::step).toArray(Long[]::new))
        .param("values", measurements.stream().map(Measurement::value).toArray(Double[]::new))
        .param("run", runId)
        .param("attempt", attempt)
        .update();
  }

  @Override
  public Series series(String runId, String key, long from, int maxPoints) {
    return new Series(
        key,
        thinned(
            "SELECT DISTINCT ON (p.step) p.step, p.attempt, p.value FROM metric_points p"
                + " WHERE p.run_id = :run AND p.key = :key AND p.step >= :from AND NOT "
                + DISCARDED
                + " ORDER BY p.step, p.attempt DESC",
            runId,
            key,
            from,
            maxPoints),
        thinned(
            "SELECT p.step, p.attempt, p.value FROM metric_points p"
                + " WHERE p.run_id = :run AND p.key = :key AND p.step >= :from AND "
                + DISCARDED
                + " ORDER BY p.step, p.attempt",
            runId,
            key,
            from,
            maxPoints));
  }

  private List<Point> thinned(String sql, String runId, String key, long from, int maxPoints) {
    Thinning thinning = new Thinning(maxPoints);
    db.sql(sql)
        .param("run", runId)
        .param("key", key)
        .param("from", from)
        .query((RowCallbackHandler) row -> thinning.add(point(row)));
    return thinning.points();
  }

  @Override
  public List<String> keys(String runId) {
    return db.sql("SELECT key FROM metric_summaries WHERE run_id = :run ORDER BY key")
        .param("run", runId)
        .query((row, _) -> text(row, "key"))
        .list();
  }

  @Override
  public Map<String, Map<String, Summary>> summaries(Collection<String> runIds) {
    Map<String, Map<String, Summary>> summaries = new HashMap<>();
    db.sql("SELECT * FROM metric_summaries WHERE run_id = ANY (:runs::text[])")
        .param("runs", runIds.toArray(String[]::new))
        .query(
            (RowCallbackHandler)
                row ->
                    summaries
                        .computeIfAbsent(text(row, "run_id"), _ -> new HashMap<>())
                        .put(text(row, "key"), summary(row)));
    return summaries;
  }

  @Override
  public List<Reported> since(String runId, long sequence, int limit) {
    return db.sql(
            """
            SELECT seq, key, step, attempt, value FROM metric_points
             WHERE run_id = :run AND seq > :since ORDER BY seq LIMIT :limit
            """)
        .param("run", runId)
        .param("since", sequence)
        .param("limit", limit)
        .query((row, _) -> new Reported(row.getLong("seq"), text(row, "key"), point(row)))
        .list();
  }

  @Override
  public long lastSequence(String runId) {
    return db.sql("SELECT coalesce(max(seq), 0) FROM metric_points WHERE run_id = :run")
        .param("run", runId)
        .query(Long.class)
        .single();
  }

  private static Point point(ResultSet row) throws SQLException {
    return new Point(row.getLong("step"), row.getInt("attempt"), row.getDouble("value"));
  }

  private static Summary summary(ResultSet row) throws SQLException {
    return new Summary(
        new Point(row.getLong("first_step"), 1, row.getDouble("first_value")),
        new Point(
            row.getLong("last_step"), row.getInt("last_attempt"), row.getDouble("last_value")));
  }
}
