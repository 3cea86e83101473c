package org.transnormer.cleaning.work.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.cleaning.work.StagePlan;
import org.transnormer.cleaning.work.Tally;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.WorkState;
import org.transnormer.cleaning.work.Works;

@Repository
class JdbcWorks implements Works {

  /** A partition that was tried again counts once: done if it is done, else as its newest try. */
  private static final String PARTS =
      """
      with parts as (
        select distinct on (step_name, partition_name) step_name, state, done, counters,
               greatest(total, coalesce((parameters ->> 'total')::bigint, 0)) total
          from batch_partition
         where job_instance_id = (select e.job_instance_id
                                    from batch_job_execution e join work w on w.execution_id = e.job_execution_id
                                   where w.id = :id)
         order by step_name, partition_name, (state = 'done') desc, step_execution_id desc)
      """;

  private static final String STAGES =
      PARTS
          + """
          select s.stage, s.state, s.unit, s.note, s.started_at, s.resumed_at, s.resumed_done, s.ended_at,
                 count(p.state) parts, count(*) filter (where p.state = 'done') parts_done,
                 s.total + coalesce(sum(p.total), 0) total,
                 s.done + coalesce(sum(case when p.state = 'done' then p.total else p.done end), 0) done,
                 coalesce(sum((p.counters ->> 'read')::bigint), 0) docs_in,
                 coalesce(sum((p.counters ->> 'written')::bigint), 0) kept,
                 coalesce(sum((p.counters ->> 'filtered')::bigint), 0) dropped,
                 coalesce(sum((p.counters ->> 'failed')::bigint), 0) failed
            from work_stage s left join parts p on p.step_name = s.stage
           where s.work_id = :id
           group by s.work_id, s.stage
           order by s.position
          """;

  private final JdbcClient jdbc;

  JdbcWorks(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  @Transactional
  public void add(
      String id, WorkKind kind, List<StagePlan> stages, String launchedBy, String role) {
    jdbc.sql(
            "insert into work (id, kind, state, launched_by, launched_role)"
                + " values (:id, :kind, 'queued', :by, :role)")
        .param("id", id)
        .param("kind", kind.label())
        .param("by", launchedBy)
        .param("role", role)
        .update();
    for (int i = 0; i < stages.size(); i++) {
      jdbc.sql(
              "insert into work_stage (work_id, stage, position, state, unit)"
                  + " values (:id, :stage, :position, 'waiting', :unit)")
          .param("id", id)
          .param("stage", stages.get(i).name())
          .param("position", i)
          .param("unit", stages.get(i).unit())
          .update();
    }
  }

  @Override
  public Optional<Work> find(String id) {
    return jdbc.sql("select * from work where id = :id")
        .param("id", id)
        .query(JdbcWorks::work)
        .optional();
  }

  @Override
  public List<Work> open() {
    return jdbc.sql(
            "select * from work where state in ('queued', 'running', 'stopping') order by id")
        .query(JdbcWorks::work)
        .list();
  }

  @Override
  public boolean move(Work work, WorkState to) {
    return jdbc.sql(
                """
                update work
                   set state = :to, attempt = :attempt, reason = :reason,
                       started_at = case when :to = 'running' then coalesce(started_at, now()) else started_at end,
                       ended_at = case when :ended then now() end
                 where id = :id and state = :from and attempt = :fromAttempt
                """)
            .param("to", to.label())
            .param("attempt", to.attempt())
            .param("reason", to instanceof WorkState.Failed failed ? failed.reason() : null)
            .param("ended", to.atRest())
            .param("id", work.id())
            .param("from", work.state().label())
            .param("fromAttempt", work.state().attempt())
            .update()
        == 1;
  }

  @Override
  public void executing(String id, long execution) {
    jdbc.sql("update work set execution_id = greatest(execution_id, :execution) where id = :id")
        .param("execution", execution)
        .param("id", id)
        .update();
  }

  @Override
  public List<Stage> stages(String id) {
    return jdbc.sql(STAGES).param("id", id).query(JdbcWorks::stage).list();
  }

  @Override
  public void begin(String id, String stage) {
    long done =
        stages(id).stream()
            .filter(each -> each.name().equals(stage))
            .mapToLong(Stage::done)
            .findFirst()
            .orElse(0);
    jdbc.sql(
            """
            update work_stage
               set state = 'running', started_at = coalesce(started_at, now()), resumed_at = now(),
                   ended_at = null, note = null, resumed_done = :done
             where work_id = :id and stage = :stage
            """)
        .param("done", done)
        .param("id", id)
        .param("stage", stage)
        .update();
  }

  @Override
  public void end(String id, String stage, Stage.State state) {
    jdbc.sql(
            "update work_stage set state = :state, ended_at = now(), note = null"
                + " where work_id = :id and stage = :stage")
        .param("state", state.name().toLowerCase(Locale.ROOT))
        .param("id", id)
        .param("stage", stage)
        .update();
  }

  @Override
  public void note(String id, String stage, @Nullable String note) {
    jdbc.sql(
            "update work_stage set note = :note where work_id = :id and stage = :stage"
                + " and note is distinct from :note")
        .param("note", note)
        .param("id", id)
        .param("stage", stage)
        .update();
  }

  @Override
  public void advance(String id, String stage, long done, long total) {
    jdbc.sql(
            "update work_stage set done = :done, total = :total"
                + " where work_id = :id and stage = :stage and (done, total) <> (:done, :total)")
        .param("done", done)
        .param("total", total)
        .param("id", id)
        .param("stage", stage)
        .update();
  }

  @Override
  @Transactional
  public void recordDrops(String id, Map<Drop, Long> drops) {
    jdbc.sql("delete from work_drop where work_id = :id").param("id", id).update();
    drops.forEach((drop, documents) ->
        jdbc.sql(
                "insert into work_drop (work_id, stage, reason, documents)"
                    + " values (:id, :stage, :reason, :documents)")
            .param("id", id)
            .param("stage", drop.stage())
            .param("reason", drop.reason())
            .param("documents", documents)
            .update());
  }

  @Override
  public Map<Drop, Long> drops(String id) {
    Map<Drop, Long> drops = new LinkedHashMap<>();
    jdbc.sql(
            "select stage, reason, documents from work_drop where work_id = :id"
                + " order by documents desc, stage, reason")
        .param("id", id)
        .query(row -> {
          drops.put(
              new Drop(row.getString("stage"), row.getString("reason")), row.getLong("documents"));
        });
    return drops;
  }

  private static Work work(ResultSet row, int number) throws SQLException {
    long execution = row.getLong("execution_id");
    OptionalLong latest = row.wasNull() ? OptionalLong.empty() : OptionalLong.of(execution);
    return new Work(
        row.getString("id"),
        WorkKind.of(row.getString("kind")),
        state(row),
        latest,
        row.getString("launched_by"),
        row.getObject("created_at", OffsetDateTime.class).toInstant(),
        instant(row, "started_at"),
        instant(row, "ended_at"));
  }

  private static WorkState state(ResultSet row) throws SQLException {
    int attempt = row.getInt("attempt");
    String label = row.getString("state");
    return switch (label) {
      case "queued" -> new WorkState.Queued(attempt);
      case "running" -> new WorkState.Running(attempt);
      case "stopping" -> new WorkState.Stopping(attempt);
      case "stopped" -> new WorkState.Stopped(attempt);
      case "failed" -> new WorkState.Failed(attempt, row.getString("reason"));
      case "succeeded" -> new WorkState.Succeeded(attempt);
      case "abandoned" -> new WorkState.Abandoned(attempt);
      default -> throw new IllegalStateException("unknown state of work: " + label);
    };
  }

  private static Stage stage(ResultSet row, int number) throws SQLException {
    return new Stage(
        row.getString("stage"),
        Stage.State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("unit"),
        row.getString("note"),
        row.getInt("parts"),
        row.getInt("parts_done"),
        row.getLong("total"),
        row.getLong("done"),
        new Tally(
            row.getLong("docs_in"),
            row.getLong("kept"),
            row.getLong("dropped"),
            row.getLong("failed")),
        instant(row, "started_at"),
        instant(row, "resumed_at"),
        row.getLong("resumed_done"),
        instant(row, "ended_at"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
