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
import org.transnormer.cleaning.work.PartResult;
import org.transnormer.cleaning.work.Stage;
import org.transnormer.cleaning.work.StagePlan;
import org.transnormer.cleaning.work.Tally;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.WorkState;
import org.transnormer.cleaning.work.Works;

@Repository
class JdbcWorks implements Works {

  private static final String STAGES =
      """
      select s.stage, s.state, s.unit, s.note, s.started_at, s.resumed_at, s.resumed_done, s.ended_at,
             count(p.part) parts, count(p.part) filter (where p.state = 'succeeded') parts_done,
             coalesce(sum(p.total), 0) total, coalesce(sum(p.done), 0) done,
             coalesce(sum(p.docs_in), 0) docs_in, coalesce(sum(p.kept), 0) kept,
             coalesce(sum(p.dropped), 0) dropped, coalesce(sum(p.failed), 0) failed
        from work_stage s left join work_part p on p.work_id = s.work_id and p.stage = s.stage
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
  public List<Work> open(WorkKind kind) {
    return jdbc.sql(
            "select * from work where kind = :kind"
                + " and state in ('queued', 'running', 'stopping') order by id")
        .param("kind", kind.label())
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
    jdbc.sql("update work set execution_id = :execution where id = :id")
        .param("execution", execution)
        .param("id", id)
        .update();
  }

  @Override
  public void interrupted(String id) {
    jdbc.sql("update work set interruptions = interruptions + 1 where id = :id")
        .param("id", id)
        .update();
  }

  @Override
  public List<Stage> stages(String id) {
    return jdbc.sql(STAGES).param("id", id).query(JdbcWorks::stage).list();
  }

  @Override
  public void begin(String id, String stage) {
    jdbc.sql(
            """
            update work_stage s
               set state = 'running', started_at = coalesce(started_at, now()), resumed_at = now(), ended_at = null,
                   note = null,
                   resumed_done = (select coalesce(sum(done), 0) from work_part p
                                    where p.work_id = s.work_id and p.stage = s.stage and p.state = 'succeeded')
             where work_id = :id and stage = :stage
            """)
        .param("id", id)
        .param("stage", stage)
        .update();
    // What an earlier attempt had begun and not finished is done again.
    jdbc.sql(
            "update work_part set state = 'waiting', done = 0"
                + " where work_id = :id and stage = :stage and state <> 'succeeded'")
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
  @Transactional
  public void planParts(String id, String stage, List<Long> totals) {
    for (int part = 0; part < totals.size(); part++) {
      jdbc.sql(
              "insert into work_part (work_id, stage, part, state, total)"
                  + " values (:id, :stage, :part, 'waiting', :total) on conflict do nothing")
          .param("id", id)
          .param("stage", stage)
          .param("part", part)
          .param("total", totals.get(part))
          .update();
    }
  }

  @Override
  public void advance(String id, String stage, int part, long done) {
    jdbc.sql(
            """
            update work_part set state = 'running', done = :done, updated_at = now()
             where work_id = :id and stage = :stage and part = :part and state <> 'succeeded'
            """)
        .param("done", done)
        .param("id", id)
        .param("stage", stage)
        .param("part", part)
        .update();
  }

  @Override
  @Transactional
  public void complete(String id, PartResult result) {
    Tally tally = result.tally();
    jdbc.sql(
            """
            update work_part
               set state = 'succeeded', done = total, docs_in = :in, kept = :kept, dropped = :dropped,
                   failed = :failed, digest = :digest, result = :result, updated_at = now()
             where work_id = :id and stage = :stage and part = :part
            """)
        .param("in", tally.in())
        .param("kept", tally.kept())
        .param("dropped", tally.dropped())
        .param("failed", tally.failed())
        .param("digest", result.digest())
        .param("result", result.detail())
        .param("id", id)
        .param("stage", result.stage())
        .param("part", result.part())
        .update();
    jdbc.sql("update work set interruptions = 0 where id = :id and interruptions > 0")
        .param("id", id)
        .update();
  }

  @Override
  public List<PartResult> results(String id, String stage) {
    return jdbc.sql(
            "select * from work_part where work_id = :id and stage = :stage"
                + " and state = 'succeeded' order by part")
        .param("id", id)
        .param("stage", stage)
        .query((row, number) ->
            new PartResult(
                row.getString("stage"),
                row.getInt("part"),
                tally(row),
                row.getString("digest"),
                row.getString("result")))
        .list();
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
        row.getInt("interruptions"),
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
        tally(row),
        instant(row, "started_at"),
        instant(row, "resumed_at"),
        row.getLong("resumed_done"),
        instant(row, "ended_at"));
  }

  private static Tally tally(ResultSet row) throws SQLException {
    return new Tally(
        row.getLong("docs_in"), row.getLong("kept"), row.getLong("dropped"), row.getLong("failed"));
  }

  private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }
}
