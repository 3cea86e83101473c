package org.transnormer.door.sessions.jdbc;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.door.keys.ApiKey;
import org.transnormer.door.keys.Keys;
import org.transnormer.door.sessions.Session;
import org.transnormer.door.sessions.Sessions;

public final class JdbcSessions implements Sessions {
  private final JdbcClient jdbc;
  private final Keys keys;

  public JdbcSessions(JdbcClient jdbc, Keys keys) {
    this.jdbc = jdbc;
    this.keys = keys;
  }

  private record Row(String keyId, Timestamp expiresAt) {}

  @Override
  public Session open(String hash, ApiKey key, Duration life) {
    jdbc.sql("delete from session where expires_at < now()").update();
    Instant end =
        jdbc.sql(
                """
                insert into session (hash, key_id, expires_at)
                values (:hash, :key, now() + make_interval(secs => :life))
                returning expires_at\
                """)
            .param("hash", hash)
            .param("key", key.id())
            .param("life", (double) life.toSeconds())
            .query(Timestamp.class)
            .single()
            .toInstant();
    return new Session(key, end);
  }

  @Override
  public Optional<Session> find(String hash) {
    return jdbc.sql(
            "select key_id, expires_at from session where hash = :hash and expires_at > now()")
        .param("hash", hash)
        .query(Row.class)
        .optional()
        .flatMap(row ->
            keys.find(row.keyId()).map(key -> new Session(key, row.expiresAt().toInstant())));
  }

  @Override
  public void close(String hash) {
    jdbc.sql("delete from session where hash = :hash").param("hash", hash).update();
  }
}
