package org.transnormer.support.batch.jdbc;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.batch.JobOwners;

public final class JdbcJobOwners implements JobOwners {

  private final JdbcClient jdbc;

  public JdbcJobOwners(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void own(long jobExecutionId, String owner, Duration lease) {
    jdbc.sql(
            """
            insert into batch_job_owner (job_execution_id, owner, lease_until)
            values (:id, :owner, now() + make_interval(secs => :lease))
            on conflict (job_execution_id) do update
              set owner = excluded.owner, lease_until = excluded.lease_until
            """)
        .param("id", jobExecutionId)
        .param("owner", owner)
        .param("lease", seconds(lease))
        .update();
  }

  @Override
  public void renew(String owner, Duration lease) {
    jdbc.sql(
            """
            update batch_job_owner set lease_until = now() + make_interval(secs => :lease)
            where owner = :owner
            """)
        .param("owner", owner)
        .param("lease", seconds(lease))
        .update();
  }

  @Override
  public List<Long> takeOrphans(Set<Long> running, String owner, Duration lease) {
    return jdbc.sql(
            """
            insert into batch_job_owner (job_execution_id, owner, lease_until)
            select e.job_execution_id, :owner, now() + make_interval(secs => :lease)
            from batch_job_execution e left join batch_job_owner o using (job_execution_id)
            where o.owner = :nobody
              or (e.job_execution_id in (:running)
                and (o.lease_until < now() and o.owner <> :owner
                  or (o.owner is null
                    and e.create_time < localtimestamp - make_interval(secs => :lease))))
            on conflict (job_execution_id) do update
              set owner = excluded.owner, lease_until = excluded.lease_until
              where batch_job_owner.lease_until < now() and batch_job_owner.owner <> :owner
            returning job_execution_id
            """)
        .param("owner", owner)
        .param("lease", seconds(lease))
        .param("nobody", NOBODY)
        .param("running", running.isEmpty() ? Set.of(-1L) : running)
        .query((row, number) -> row.getLong(1))
        .list();
  }

  @Override
  public void forget(long jobExecutionId) {
    jdbc.sql("delete from batch_job_owner where job_execution_id = :id")
        .param("id", jobExecutionId)
        .update();
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
