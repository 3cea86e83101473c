package org.transnormer.door.keys.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.door.keys.ApiKey;
import org.transnormer.door.keys.Keys;
import org.transnormer.support.Page;
import org.transnormer.support.Transactions;
import org.transnormer.support.security.Role;

public final class JdbcKeys implements Keys {
  private static final String COLUMNS =
      "id, name, role, hint, created_by, created_at, expires_at, last_used_at";
  private static final String LIVE =
      "revoked_at is null and (expires_at is null or expires_at > now())";
  private static final Duration USE_NOTED_EVERY = Duration.ofMinutes(1);

  private final JdbcClient jdbc;
  private final Transactions transactions;
  private final Map<String, Instant> noted = new ConcurrentHashMap<>();

  public JdbcKeys(JdbcClient jdbc, Transactions transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  @Override
  public Optional<ApiKey> add(NewKey key) {
    return jdbc.sql(
            """
            insert into api_key (id, name, role, hint, hash, created_by, expires_at)
            values (:id, :name, :role, :hint, :hash, :createdBy, :expiresAt)
            on conflict (hash) do nothing
            returning %s\
            """
                .formatted(COLUMNS))
        .param("id", key.id())
        .param("name", key.name())
        .param("role", key.role().text())
        .param("hint", key.hint())
        .param("hash", key.hash())
        .param("createdBy", key.createdBy())
        .param("expiresAt", key.expiresAt() == null ? null : Timestamp.from(key.expiresAt()))
        .query(JdbcKeys::row)
        .optional();
  }

  @Override
  public Optional<ApiKey> findByHash(String hash) {
    return jdbc.sql("select %s from api_key where hash = :hash and %s".formatted(COLUMNS, LIVE))
        .param("hash", hash)
        .query(JdbcKeys::row)
        .optional();
  }

  @Override
  public Optional<ApiKey> find(String id) {
    return jdbc.sql("select %s from api_key where id = :id and %s".formatted(COLUMNS, LIVE))
        .param("id", id)
        .query(JdbcKeys::row)
        .optional();
  }

  @Override
  public Optional<String> nameOf(String id) {
    return jdbc.sql("select name from api_key where id = :id")
        .param("id", id)
        .query((row, _) -> row.getString(1))
        .optional();
  }

  @Override
  public Page<ApiKey> list(@Nullable String after, int limit) {
    List<ApiKey> found =
        jdbc.sql(
                """
                select %s from api_key
                where revoked_at is null and (:after::text is null or id < :after)
                order by id desc limit :limit\
                """
                    .formatted(COLUMNS))
            .param("after", after)
            .param("limit", limit + 1)
            .query(JdbcKeys::row)
            .list();
    return Page.of(found, limit, ApiKey::id);
  }

  @Override
  public boolean none() {
    return !jdbc.sql("select exists (select 1 from api_key)").query(Boolean.class).single();
  }

  @Override
  public Revocation revoke(String id) {
    return transactions.inTransaction(() -> {
      List<String> admins =
          jdbc.sql("select id from api_key where role = 'admin' and %s for update".formatted(LIVE))
              .query((row, _) -> row.getString(1))
              .list();
      if (admins.equals(List.of(id))) {
        return Revocation.LAST_ADMIN;
      }
      int rows =
          jdbc.sql("update api_key set revoked_at = now() where id = :id and revoked_at is null")
              .param("id", id)
              .update();
      jdbc.sql("delete from session where key_id = :id").param("id", id).update();
      return rows == 0 ? Revocation.UNKNOWN : Revocation.REVOKED;
    });
  }

  @Override
  public void used(ApiKey key) {
    Instant now = Instant.now();
    Instant last = noted.put(key.id(), now);
    if (last != null && last.plus(USE_NOTED_EVERY).isAfter(now)) {
      noted.put(key.id(), last);
      return;
    }
    jdbc.sql("update api_key set last_used_at = now() where id = :id")
        .param("id", key.id())
        .update();
  }

  private static ApiKey row(ResultSet row, int index) throws SQLException {
    return new ApiKey(
        row.getString("id"),
        row.getString("name"),
        Role.of(row.getString("role")).orElseThrow(),
        row.getString("hint"),
        row.getString("created_by"),
        row.getTimestamp("created_at").toInstant(),
        instant(row.getTimestamp("expires_at")),
        instant(row.getTimestamp("last_used_at")));
  }

  private static @Nullable Instant instant(@Nullable Timestamp time) {
    return time == null ? null : time.toInstant();
  }
}
