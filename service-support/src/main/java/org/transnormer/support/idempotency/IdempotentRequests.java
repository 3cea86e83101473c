package org.transnormer.support.idempotency;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Requests by caller and key. The unique index decides which of two equal requests runs. */
final class IdempotentRequests {
  /**
   * A request that has neither launched nor ended by then is taken for dead, and the key may run
   * again. Should the first only have been slow, {@link #launched} refuses its launch.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final TypeReference<Map<String, String>> HEADERS = new TypeReference<>() {};

  private final JdbcClient jdbc;
  private final JsonMapper json;

  IdempotentRequests(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** What a key means for a request. */
  sealed interface Begin {
    /** It is ours to run. */
    record Run(UUID attempt) implements Begin {}

    record Replay(KeptAnswer answer) implements Begin {}

    /** The launch was committed, but its answer was lost. */
    record Launched(UUID attempt, String resource) implements Begin {}

    record OtherRequest() implements Begin {}

    record InProgress() implements Begin {}
  }

  private record Row(
      String fingerprint,
      UUID attempt,
      @Nullable Integer status,
      @Nullable String headers,
      byte @Nullable [] body) {}

  Begin begin(String caller, String key, String fingerprint) {
    UUID attempt = UUID.randomUUID();
    boolean ours =
        jdbc.sql(
                    """
                    INSERT INTO idempotent_request (caller, key, fingerprint, attempt, started_at)
                    VALUES (:caller, :key, :fingerprint, :attempt, clock_timestamp())
                    ON CONFLICT (caller, key) DO UPDATE
                       SET attempt = excluded.attempt, started_at = excluded.started_at
                     WHERE idempotent_request.status IS NULL
                       AND idempotent_request.headers IS NULL
                       AND idempotent_request.fingerprint = excluded.fingerprint
                       AND idempotent_request.started_at
                           < clock_timestamp() - :patience * interval '1 second'
                    """)
                .param("caller", caller)
                .param("key", key)
                .param("fingerprint", fingerprint)
                .param("attempt", attempt)
                .param("patience", PATIENCE.toSeconds())
                .update()
            == 1;
    return ours ? new Begin.Run(attempt) : earlier(caller, key, fingerprint);
  }

  private Begin earlier(String caller, String key, String fingerprint) {
    return jdbc.sql(
            """
            SELECT fingerprint, attempt, status, headers, body FROM idempotent_request
             WHERE caller = :caller AND key = :key
            """)
        .param("caller", caller)
        .param("key", key)
        .query((row, _) ->
            new Row(
                row.getString("fingerprint"),
                row.getObject("attempt", UUID.class),
                row.getObject("status", Integer.class),
                row.getString("headers"),
                row.getBytes("body")))
        .optional()
        .map(row -> meaning(row, fingerprint))
        // The first has just failed and is gone; the caller may try again.
        .orElseGet(Begin.InProgress::new);
  }

  private Begin meaning(Row row, String fingerprint) {
    if (!row.fingerprint.equals(fingerprint)) {
      return new Begin.OtherRequest();
    }
    if (row.headers == null) {
      return new Begin.InProgress();
    }
    Map<String, String> headers = json.readValue(row.headers, HEADERS);
    if (row.status == null || row.body == null) {
      return new Begin.Launched(
          row.attempt, Objects.requireNonNull(headers.get(HttpHeaders.LOCATION)));
    }
    return new Begin.Replay(new KeptAnswer(row.status, headers, row.body));
  }

  /** From here on the key stands for the resource, whatever becomes of the answer. */
  void launched(Launches.Claim claim, String resource) {
    int rows =
        jdbc.sql(
                """
                UPDATE idempotent_request SET headers = coalesce(headers, :headers)
                 WHERE caller = :caller AND key = :key AND attempt = :attempt
                """)
            .param("headers", json.writeValueAsString(Map.of(HttpHeaders.LOCATION, resource)))
            .param("caller", claim.caller())
            .param("key", claim.key())
            .param("attempt", claim.attempt())
            .update();
    if (rows == 0) {
      throw new IllegalStateException(
          "this request took so long that another runs under its idempotency key");
    }
  }

  void keep(String caller, String key, UUID attempt, KeptAnswer answer) {
    jdbc.sql(
            """
            UPDATE idempotent_request SET status = :status, headers = :headers, body = :body
             WHERE caller = :caller AND key = :key AND attempt = :attempt
            """)
        .param("status", answer.status())
        .param("headers", json.writeValueAsString(answer.headers()))
        .param("body", answer.body())
        .param("caller", caller)
        .param("key", key)
        .param("attempt", attempt)
        .update();
  }

  /** Nothing was launched: the key may be used again. */
  void forget(String caller, String key, UUID attempt) {
    jdbc.sql(
            """
            DELETE FROM idempotent_request
             WHERE caller = :caller AND key = :key AND attempt = :attempt
               AND status IS NULL AND headers IS NULL
            """)
        .param("caller", caller)
        .param("key", key)
        .param("attempt", attempt)
        .update();
  }
}
