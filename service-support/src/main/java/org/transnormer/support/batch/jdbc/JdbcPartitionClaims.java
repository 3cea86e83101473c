package org.transnormer.support.batch.jdbc;

import static org.transnormer.support.batch.jdbc.JdbcJobOwners.seconds;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionClaims;
import org.transnormer.support.batch.PartitionResults;
import tools.jackson.databind.json.JsonMapper;

public final class JdbcPartitionClaims implements PartitionClaims, PartitionResults {

  private static final String NEWEST =
      """
      select distinct on (step_name, partition_name) * from batch_partition
      where job_instance_id =
        (select job_instance_id from batch_job_execution where job_execution_id = :execution)
      """;

  private final JdbcClient jdbc;
  private final NamedParameterJdbcTemplate batch;
  private final TransactionTemplate transactions;
  private final JsonMapper json;
  private final PartitionRows rows;

  public JdbcPartitionClaims(
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batch,
      TransactionTemplate transactions,
      JsonMapper json) {
    this.jdbc = jdbc;
    this.batch = batch;
    this.transactions = transactions;
    this.json = json;
    this.rows = new PartitionRows(json);
  }

  @Override
  public void add(Collection<Partition> partitions, long jobInstanceId) {
    SqlParameterSource[] parameters =
        partitions.stream()
            .map(partition ->
                new MapSqlParameterSource()
                    .addValue("id", partition.stepExecutionId())
                    .addValue("execution", partition.jobExecutionId())
                    .addValue("instance", jobInstanceId)
                    .addValue("step", partition.step())
                    .addValue("name", partition.name())
                    .addValue("parameters", json.writeValueAsString(partition.parameters())))
            .toArray(SqlParameterSource[]::new);
    transactions.executeWithoutResult(status -> insert(parameters));
  }

  private void insert(SqlParameterSource[] parameters) {
    batch.batchUpdate(
        """
        insert into batch_partition (step_execution_id, job_execution_id, job_instance_id, step_name,
          partition_name, parameters)
        values (:id, :execution, :instance, :step, :name, :parameters::jsonb)
        on conflict (step_execution_id) do nothing
        """,
        parameters);
  }

  @Override
  public Optional<Partition> claim(
      Set<String> steps, String worker, Set<Long> working, Duration lease) {
    if (steps.isEmpty()) {
      return Optional.empty();
    }
    return jdbc.sql(
            """
            update batch_partition set state = 'running', epoch = epoch + 1, worker = :worker,
              attempts = attempts + 1, lease_until = now() + make_interval(secs => :lease),
              started_at = now(), done = 0, counters = '{}', results = '{}'
            where step_execution_id = (
              select step_execution_id from batch_partition
              where (state = 'waiting' or (state = 'running' and lease_until < now()))
                and not (state = 'running' and worker = :worker
                  and step_execution_id in (:working))
                and not stop_requested and step_name in (:steps)
              order by step_execution_id limit 1 for update skip locked)
            returning *
            """)
        .param("worker", worker)
        .param("lease", seconds(lease))
        .param("steps", steps)
        .param("working", listed(working))
        .query(rows)
        .optional();
  }

  @Override
  public int giveUp(int mostAttempts, String worker, Set<Long> working) {
    int failed =
        jdbc.sql(
                """
                update batch_partition set state = 'failed', epoch = epoch + 1, ended_at = now(),
                  reason = 'given up: ' || attempts || ' workers died over it'
                where state = 'running' and lease_until < now() and attempts >= :most
                  and not (worker = :worker and step_execution_id in (:working))
                """)
            .param("most", mostAttempts)
            .param("worker", worker)
            .param("working", listed(working))
            .update();
    jdbc.sql(
            """
            update batch_partition set state = 'stopped', epoch = epoch + 1, ended_at = now()
            where state = 'running' and lease_until < now() and stop_requested
              and not (worker = :worker and step_execution_id in (:working))
            """)
        .param("worker", worker)
        .param("working", listed(working))
        .update();
    return failed;
  }

  /** SQL has no empty list; no execution has the id -1. */
  private static Set<Long> listed(Set<Long> ids) {
    return ids.isEmpty() ? Set.of(-1L) : ids;
  }

  @Override
  public Set<Long> renew(String worker, Duration lease, Collection<Progress> progress) {
    Set<Long> kept = new HashSet<>();
    for (Progress each : progress) {
      jdbc.sql(
              """
              update batch_partition set lease_until = now() + make_interval(secs => :lease),
                done = :done, total = :total, unit = :unit, counters = :counters::jsonb
              where step_execution_id = :id and epoch = :epoch and worker = :worker
                and state = 'running'
              returning stop_requested
              """)
          .param("lease", seconds(lease))
          .param("done", each.done())
          .param("total", each.total())
          .param("unit", each.unit())
          .param("counters", json.writeValueAsString(each.counters()))
          .param("id", each.stepExecutionId())
          .param("epoch", each.epoch())
          .param("worker", worker)
          .query(Boolean.class)
          .optional()
          .filter(stop -> !stop)
          .ifPresent(stop -> kept.add(each.stepExecutionId()));
    }
    return kept;
  }

  @Override
  public boolean isCurrent(long stepExecutionId, long epoch) {
    return jdbc.sql(
            """
            select 1 from batch_partition
            where step_execution_id = :id and epoch = :epoch and state = 'running' for update
            """)
        .param("id", stepExecutionId)
        .param("epoch", epoch)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  @Override
  public boolean end(Progress last, String state, Map<String, String> results, String reason) {
    return jdbc.sql(
                """
                update batch_partition set state = :state, done = :done, total = :total, unit = :unit,
                  counters = :counters::jsonb, results = :results::jsonb, reason = nullif(:reason, ''),
                  ended_at = now()
                where step_execution_id = :id and epoch = :epoch and state = 'running'
                """)
            .param("state", state)
            .param("done", last.done())
            .param("total", last.total())
            .param("unit", last.unit())
            .param("counters", json.writeValueAsString(last.counters()))
            .param("results", json.writeValueAsString(results))
            .param("reason", reason)
            .param("id", last.stepExecutionId())
            .param("epoch", last.epoch())
            .update()
        == 1;
  }

  @Override
  public void stop(long jobExecutionId) {
    transactions.executeWithoutResult(status -> {
      jdbc.sql(
              """
              update batch_partition set stop_requested = true,
                state = case state when 'waiting' then 'stopped' else state end
              where job_execution_id = :execution and state in ('waiting', 'running')
              """)
          .param("execution", jobExecutionId)
          .update();
    });
  }

  @Override
  public void abandon(long jobExecutionId) {
    jdbc.sql(
            """
            update batch_partition set state = 'abandoned', epoch = epoch + 1, ended_at = now()
            where job_execution_id = :execution and state in ('waiting', 'running')
            """)
        .param("execution", jobExecutionId)
        .update();
  }

  @Override
  public Map<String, Map<String, String>> plan(long jobInstanceId, String step) {
    Map<String, Map<String, String>> plan = new java.util.LinkedHashMap<>();
    jdbc.sql(
            """
            select * from batch_partition where job_instance_id = :instance and step_name = :step
            order by step_execution_id
            """)
        .param("instance", jobInstanceId)
        .param("step", step)
        .query(rows)
        .list()
        .forEach(partition -> plan.putIfAbsent(partition.name(), partition.parameters()));
    return plan;
  }

  @Override
  public Set<String> done(long jobInstanceId, String step) {
    return jdbc.sql(
            """
            select partition_name from batch_partition
            where job_instance_id = :instance and step_name = :step and state = 'done'
            """)
        .param("instance", jobInstanceId)
        .param("step", step)
        .query((row, number) -> row.getString(1))
        .set();
  }

  @Override
  public List<Partition> ofExecution(long jobExecutionId, String step) {
    return jdbc.sql(
            "select * from batch_partition where job_execution_id = :execution and step_name = :step")
        .param("execution", jobExecutionId)
        .param("step", step)
        .query(rows)
        .list();
  }

  @Override
  public List<Partition> of(long jobExecutionId, String step) {
    return jdbc.sql(
            NEWEST
                + """
                  and step_name = :step and state = 'done'
                order by step_name, partition_name, (state = 'done') desc, step_execution_id desc
                """)
        .param("execution", jobExecutionId)
        .param("step", step)
        .query(rows)
        .list();
  }

  @Override
  public Map<String, Long> counters(long jobExecutionId, String step) {
    Map<String, Long> sums = new java.util.TreeMap<>();
    for (Partition partition : of(jobExecutionId, step)) {
      partition.counters().forEach((name, count) -> sums.merge(name, count, Long::sum));
    }
    return sums;
  }

  @Override
  public List<Partition> all(long jobExecutionId) {
    return jdbc.sql(
            NEWEST
                + " order by step_name, partition_name, (state = 'done') desc, step_execution_id desc")
        .param("execution", jobExecutionId)
        .query(rows)
        .list();
  }
}
