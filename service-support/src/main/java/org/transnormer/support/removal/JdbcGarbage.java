package org.transnormer.support.removal;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Garbage in PostgreSQL. */
final class JdbcGarbage implements Garbage {
  private final JdbcClient jdbc;
  private final Duration retention;

  JdbcGarbage(JdbcClient jdbc, Duration retention) {
    this.jdbc = jdbc;
    this.retention = retention;
  }

  @Override
  public void discard(Collection<String> prefixes) {
    for (String prefix : prefixes) {
      jdbc.sql(
              """
              insert into garbage (prefix, due_at)
              values (:prefix, clock_timestamp() + :retention * interval '1 millisecond')
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
  public void removed(String prefix) {
    jdbc.sql("delete from garbage where prefix = ?").param(prefix).update();
  }

  @Override
  public boolean contains(String prefix) {
    return jdbc.sql("select exists (select 1 from garbage where prefix = ?)")
        .param(prefix)
        .query(Boolean.class)
        .single();
  }
}
