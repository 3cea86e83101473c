package org.transnormer.support;

import java.time.Duration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Deletes what nobody needs any more. */
final class Housekeeping {
  private static final Duration REMEMBER_MESSAGES = Duration.ofDays(30);
  private static final Duration REMEMBER_KEYS = Duration.ofDays(3);

  private final JdbcClient jdbc;

  Housekeeping(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  void run() {
    delete("processed_message", "processed_at", REMEMBER_MESSAGES);
    delete("idempotent_request", "started_at", REMEMBER_KEYS);
  }

  private void delete(String table, String column, Duration age) {
    jdbc.sql(
            "DELETE FROM %s WHERE %s < clock_timestamp() - :age * interval '1 second'"
                .formatted(table, column))
        .param("age", age.toSeconds())
        .update();
  }
}
