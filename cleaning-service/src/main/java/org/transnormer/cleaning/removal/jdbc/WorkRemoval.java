package org.transnormer.cleaning.removal.jdbc;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.support.removal.Kind;
import org.transnormer.support.removal.Removable;

/** Long work that has ended, with what came of it. */
abstract class WorkRemoval implements Removable {

  protected final JdbcClient jdbc;
  private final WorkKind work;
  private final Kind kind;
  private final String id;

  WorkRemoval(JdbcClient jdbc, WorkKind work, Kind kind, String id) {
    this.jdbc = jdbc;
    this.work = work;
    this.kind = kind;
    this.id = id;
  }

  @Override
  public final Kind kind() {
    return kind;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final String resource() {
    return "/api/v1/%ss/%s".formatted(kind.text(), id);
  }

  @Override
  public final boolean lock() {
    return jdbc.sql("select 1 from work where id = :id and kind = :kind for update")
        .param("id", id)
        .param("kind", work.label())
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  @Override
  public final List<String> referrers() {
    List<String> all =
        texts(
            """
            select 'its own work, which is ' || state from work
             where id = :id and state in ('queued', 'running', 'stopping')
            """);
    // while it is at work nobody else is asked: its partitions wait for the lock
    return all.isEmpty() ? others() : all;
  }

  /** Who refers to it beside its own work. */
  abstract List<String> others();

  /** The other tables' rows go with it. */
  @Override
  public void remove() {
    jdbc.sql("delete from work where id = :id").param("id", id).update();
  }

  /**
   * @param sql names the thing {@code :id}
   */
  protected final List<String> texts(String sql) {
    return jdbc.sql(sql).param("id", id).query((row, _) -> row.getString(1)).list();
  }
}
