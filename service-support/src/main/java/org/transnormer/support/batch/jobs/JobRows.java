package org.transnormer.support.batch.jobs;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads Spring Batch's tables, which name times without a zone: the JVM's. */
final class JobRows {

  /**
   * The newest execution of a job instance.
   *
   * @param begun when its first execution started
   */
  record Execution(
      long id,
      long instance,
      String job,
      BatchStatus status,
      @Nullable Instant begun,
      @Nullable Instant started,
      @Nullable Instant ended,
      int attempt) {}

  /** The newest execution of a step within a job instance; not of a partition. */
  record Step(
      long id,
      String name,
      BatchStatus status,
      @Nullable Instant started,
      @Nullable Instant ended,
      Map<String, Long> counts,
      String message) {}

  /** Something that failed, with the text that tells why. */
  record Failure(String text, Instant at) {}

  private static final String NEWEST =
      """
      select e.job_execution_id, e.job_instance_id, i.job_name, e.status, e.start_time, e.end_time,
             a.attempts, a.begun
        from batch_job_execution e
        join batch_job_instance i using (job_instance_id)
        join lateral (
          select max(job_execution_id) as newest, count(*) as attempts, min(start_time) as begun
            from batch_job_execution where job_instance_id = e.job_instance_id) a
          on a.newest = e.job_execution_id
      """;

  private final JdbcClient jdbc;

  JobRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Newest first. */
  List<Execution> list(OptionalLong before, int limit) {
    return jdbc.sql(
            NEWEST
                + " where e.job_execution_id < :before order by e.job_execution_id desc limit :n")
        .param("before", before.orElse(Long.MAX_VALUE))
        .param("n", limit)
        .query(JobRows::execution)
        .list();
  }

  /** The newest execution of the instance that the given execution belongs to. */
  Optional<Execution> find(long executionId) {
    return jdbc.sql(
            NEWEST
                + """
                 where e.job_instance_id =
                   (select job_instance_id from batch_job_execution where job_execution_id = :id)
                """)
        .param("id", executionId)
        .query(JobRows::execution)
        .optional();
  }

  Map<String, String> parameters(long executionId) {
    Map<String, String> parameters = new TreeMap<>();
    jdbc.sql(
            """
            select parameter_name, parameter_value from batch_job_execution_params
             where job_execution_id = :id
            """)
        .param("id", executionId)
        .query(row -> {
          String value = row.getString("parameter_value");
          parameters.put(row.getString("parameter_name"), value == null ? "" : value);
        });
    return parameters;
  }

  /** In the order in which they first began. */
  List<Step> steps(long instance) {
    return jdbc.sql(
            """
            select s.* from (
              select distinct on (step_name) s.*,
                     min(step_execution_id) over (partition by step_name) as first
                from batch_step_execution s join batch_job_execution e using (job_execution_id)
               where e.job_instance_id = :instance and step_name not like '%:%'
               order by step_name, step_execution_id desc) s
            order by s.first
            """)
        .param("instance", instance)
        .query(JobRows::step)
        .list();
  }

  /** Failed partitions and steps over all restarts, newest last. */
  List<Failure> failures(long instance) {
    return jdbc.sql(
            """
            select reason as text, coalesce(ended_at, created_at) as at
              from batch_partition
             where job_instance_id = :instance and state = 'failed' and reason is not null
            union all
            select s.exit_message, s.last_updated
              from batch_step_execution s join batch_job_execution e using (job_execution_id)
             where e.job_instance_id = :instance and s.status in ('FAILED', 'UNKNOWN')
               and s.exit_message <> '' and s.step_name not like '%:%'
               and not exists (select 1 from batch_partition p
                                where p.job_execution_id = s.job_execution_id
                                  and p.step_name = s.step_name and p.state = 'failed')
            order by at
            """)
        .param("instance", instance)
        .query((row, _) -> new Failure(row.getString("text"), row.getTimestamp("at").toInstant()))
        .list();
  }

  private static Execution execution(ResultSet row, int number) throws SQLException {
    return new Execution(
        row.getLong("job_execution_id"),
        row.getLong("job_instance_id"),
        row.getString("job_name"),
        BatchStatus.valueOf(row.getString("status")),
        instant(row, "begun"),
        instant(row, "start_time"),
        instant(row, "end_time"),
        row.getInt("attempts"));
  }

  private static Step step(ResultSet row, int number) throws SQLException {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("read", row.getLong("read_count"));
    counts.put("written", row.getLong("write_count"));
    counts.put("filtered", row.getLong("filter_count"));
    counts.put(
        "skipped",
        row.getLong("read_skip_count")
            + row.getLong("process_skip_count")
            + row.getLong("write_skip_count"));
    String message = row.getString("exit_message");
    return new Step(
        row.getLong("step_execution_id"),
        row.getString("step_name"),
        BatchStatus.valueOf(row.getString("status")),
        instant(row, "start_time"),
        instant(row, "end_time"),
        counts,
        message == null ? "" : message);
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    LocalDateTime time = row.getObject(column, LocalDateTime.class);
    return time == null ? null : time.atZone(ZoneId.systemDefault()).toInstant();
  }
}
