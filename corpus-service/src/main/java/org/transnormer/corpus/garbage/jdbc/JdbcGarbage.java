package org.transnormer.corpus.garbage.jdbc;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.corpus.garbage.Garbage;

/** Garbage in PostgreSQL. */
public final class JdbcGarbage implements Garbage {
  private final JdbcClient jdbc;
  private final Duration retention;

  public JdbcGarbage(JdbcClient jdbc, Duration retention) {
    this.jdbc = jdbc;
    this.retention = retention;
  }

  @Override
  public void discard(Collection<String> prefixes) {
    for (String prefix : prefixes) {
      jdbc.sql(
              """
              insert into garbage (prefix, due_at)
              values (:prefix, now() + :retention * interval '1 millisecond')
              on conflict (prefix) do nothing
              """)
          .param("prefix", prefix)
          .param("retention", retention.toMillis())
          .update();
    }
  }

  @Override
  public void keep(Collection<String> prefixes) {
    takeTurn();
    for (String prefix : prefixes) {
      jdbc.sql("delete from garbage where prefix = ?").param(prefix).update();
    }
  }

  /** Removal and new references take turns. */
  private void takeTurn() {
    jdbc.sql("select pg_advisory_xact_lock(hashtextextended(current_schema() || '.garbage', 0))")
        .query((_, _) -> true)
        .single();
  }

  @Override
  public Optional<String> due() {
    takeTurn();
    return jdbc.sql("select prefix from garbage where due_at <= now() order by due_at limit 1")
        .query(String.class)
        .optional();
  }

  @Override
  public Set<String> referredTo(String prefix) {
    return new HashSet<>(
        jdbc.sql(
                """
                select distinct prefix from snapshot_shard
                where prefix = :prefix or starts_with(prefix, :prefix || '/')
                """)
            .param("prefix", prefix)
            .query((row, _) -> row.getString(1))
            .list());
  }

  @Override
  public void removed(String prefix) {
    jdbc.sql("delete from garbage where prefix = ?").param(prefix).update();
  }

  @Override
  public List<String> list() {
    return jdbc.sql("select prefix from garbage order by prefix")
        .query((row, _) -> row.getString(1))
        .list();
  }
}
