package org.transnormer.trainer.progress.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.parameter;
import static org.transnormer.trainer.sql.jdbc.Columns.text;
import static org.transnormer.trainer.sql.jdbc.Columns.time;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.trainer.progress.RunLog;

/** {@link RunLog} on table {@code run_log}. */
public final class JdbcRunLog implements RunLog {

  private final JdbcClient db;
  private final int keepLines;

  /**
   * @param keepLines of each run; older ones are deleted
   */
  public JdbcRunLog(JdbcClient db, int keepLines) {
    this.db = db;
    this.keepLines = keepLines;
  }

  @Override
  public void add(String runId, List<Line> lines) {
    if (lines.isEmpty()) {
      return;
    }
    db.sql(
            """
            INSERT INTO run_log (run_id, attempt, rank, sequence, at, level, line)
            SELECT :run, * FROM unnest(:attempts::int[], :ranks::int[], :sequences::bigint[],
                                       :times::timestamptz[], :levels::text[], :lines::text[])
            ON CONFLICT DO NOTHING
            """)
        .param("run", runId)
        .param("attempts", lines.stream().map(Line::attempt).toArray(Integer[]::new))
        .param("ranks", lines.stream().map(Line::rank).toArray(Integer[]::new))
        .param("sequences", lines.stream().map(Line::sequence).toArray(Long[]::new))
        .param(
            "times",
            lines.stream().map(line -> parameter(line.at()).toString()).toArray(String[]::new))
        .param("levels", lines.stream().map(Line::level).toArray(String[]::new))
        .param("lines", lines.stream().map(JdbcRunLog::storable).toArray(String[]::new))
        .update();
    db.sql(
            """
            DELETE FROM run_log WHERE run_id = :run AND seq <= (
              SELECT seq FROM run_log WHERE run_id = :run ORDER BY seq DESC OFFSET :keep LIMIT 1)
            """)
        .param("run", runId)
        .param("keep", keepLines)
        .update();
  }

  /** PostgreSQL's text knows no character zero. */
  private static String storable(Line line) {
    return line.text().replace('\0', ' ');
  }

  @Override
  public List<Line> tail(String runId, int lines) {
    return db.sql(
            """
            SELECT attempt, rank, sequence, at, level, line, seq FROM run_log
             WHERE run_id = :run ORDER BY seq DESC LIMIT :lines
            """)
        .param("run", runId)
        .param("lines", lines)
        .query((row, _) ->
            new Line(
                row.getInt("attempt"),
                row.getInt("rank"),
                row.getLong("sequence"),
                time(row, "at"),
                text(row, "level"),
                text(row, "line")))
        .list()
        .reversed();
  }
}
