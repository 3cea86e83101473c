package org.transnormer.trainer.aliases.jdbc;

import static org.transnormer.trainer.sql.jdbc.Columns.text;
import static org.transnormer.trainer.sql.jdbc.Columns.time;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.trainer.aliases.Alias;
import org.transnormer.trainer.aliases.Aliases;

/** {@link Aliases} on tables {@code aliases} and {@code alias_moves}. */
public final class JdbcAliases implements Aliases {

  private final JdbcClient db;

  public JdbcAliases(JdbcClient db) {
    this.db = db;
  }

  @Override
  public Optional<Alias> find(String name) {
    return db.sql("SELECT * FROM aliases WHERE name = :name")
        .param("name", name)
        .query(JdbcAliases::alias)
        .optional();
  }

  @Override
  public Optional<Alias> lock(String name) {
    // a name that does not exist yet has no row to lock
    db.sql("SELECT pg_advisory_xact_lock(hashtextextended('alias/' || :name, 0))")
        .param("name", name)
        .query((row, _) -> "")
        .single();
    return find(name);
  }

  @Override
  public List<Alias> list(Optional<String> after, int limit) {
    return db.sql(
            """
            SELECT * FROM aliases WHERE (:after::text IS NULL OR name > :after)
             ORDER BY name LIMIT :limit
            """)
        .param("after", after.orElse(null))
        .param("limit", limit)
        .query(JdbcAliases::alias)
        .list();
  }

  @Override
  public Alias move(String name, String checkpointId, long version, String movedBy) {
    db.sql(
            """
            WITH moved AS (
              INSERT INTO aliases (name, checkpoint_id, version, moved_by)
              VALUES (:name, :checkpoint, :version, :by)
              ON CONFLICT (name) DO UPDATE
                 SET checkpoint_id = EXCLUDED.checkpoint_id, version = EXCLUDED.version,
                     moved_by = EXCLUDED.moved_by, moved_at = now()
              RETURNING *
            )
            INSERT INTO alias_moves (name, version, checkpoint_id, moved_by, moved_at)
            SELECT name, version, checkpoint_id, moved_by, moved_at FROM moved
            """)
        .param("name", name)
        .param("checkpoint", checkpointId)
        .param("version", version)
        .param("by", movedBy)
        .update();
    return find(name).orElseThrow();
  }

  @Override
  public void remove(String name) {
    for (String table : List.of("aliases", "alias_moves")) {
      db.sql("DELETE FROM " + table + " WHERE name = :name").param("name", name).update();
    }
  }

  @Override
  public List<Alias> history(String name) {
    return db.sql("SELECT * FROM alias_moves WHERE name = :name ORDER BY version DESC")
        .param("name", name)
        .query(JdbcAliases::alias)
        .list();
  }

  @Override
  public Map<String, List<String>> pointingAt(Set<String> checkpointIds) {
    Map<String, List<String>> names = new HashMap<>();
    db.sql("SELECT * FROM aliases WHERE checkpoint_id = ANY (:ids::text[]) ORDER BY name")
        .param("ids", checkpointIds.toArray(String[]::new))
        .query((ResultSet row) -> {
          names
              .computeIfAbsent(text(row, "checkpoint_id"), _ -> new ArrayList<>())
              .add(text(row, "name"));
        });
    return names;
  }

  private static Alias alias(ResultSet row, int number) throws SQLException {
    return new Alias(
        text(row, "name"),
        text(row, "checkpoint_id"),
        row.getLong("version"),
        text(row, "moved_by"),
        time(row, "moved_at"));
  }
}
