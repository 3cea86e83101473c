package org.transnormer.inference.deployments.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.transnormer.inference.deployments.Deployment;
import org.transnormer.inference.deployments.Deployment.Target;
import org.transnormer.inference.deployments.DeploymentStore;

@Repository
class JdbcDeploymentStore implements DeploymentStore {

  private final JdbcClient jdbc;

  JdbcDeploymentStore(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  @Override
  public void put(Deployment deployment) {
    jdbc.sql(
            """
            insert into deployment (name, alias, checkpoint_id, slots, updated_by)
            values (:name, :alias, :checkpoint, :slots, :by)
            on conflict (name) do update set alias = excluded.alias,
              checkpoint_id = excluded.checkpoint_id, slots = excluded.slots,
              updated_by = excluded.updated_by, updated_at = now()
            """)
        .param("name", deployment.name())
        .param("alias", alias(deployment.target()))
        .param("checkpoint", checkpoint(deployment.target()))
        .param("slots", deployment.slots())
        .param("by", deployment.updatedBy())
        .update();
  }

  @Override
  public boolean remove(String name) {
    return jdbc.sql("delete from deployment where name = :name").param("name", name).update() == 1;
  }

  @Override
  public List<Deployment> all() {
    return jdbc.sql("select * from deployment order by name")
        .query((row, number) -> deployment(row))
        .list();
  }

  private static Deployment deployment(ResultSet row) throws SQLException {
    String alias = row.getString("alias");
    Target target =
        alias == null
            ? new Target.Checkpoint(row.getString("checkpoint_id"))
            : new Target.Alias(alias);
    return new Deployment(
        row.getString("name"), target, row.getInt("slots"), row.getString("updated_by"));
  }

  private static @Nullable String alias(Target target) {
    return target instanceof Target.Alias(String name) ? name : null;
  }

  private static @Nullable String checkpoint(Target target) {
    return target instanceof Target.Checkpoint(String id) ? id : null;
  }
}
