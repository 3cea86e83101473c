package org.transnormer.support.outbox;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.Transactions;
import org.transnormer.support.kafka.EventHeaders;

/**
 * Sends what lies in the outbox and deletes what the broker has acknowledged. One relay at a time
 * per schema, so that events of a key stay in order. An event that the broker refuses again and
 * again is left aside, with its error, so that it does not hold up the others.
 */
public final class OutboxRelay {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxRelay.class);
  private static final int BATCH = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(35);
  static final int MAX_ATTEMPTS = 10;

  private final JdbcClient jdbc;
  private final Transactions transactions;
  private final KafkaTemplate<String, String> kafka;
  private final KafkaAdmin admin;

  private record Waiting(
      long id,
      UUID eventId,
      String topic,
      String eventType,
      String messageKey,
      String payload,
      @Nullable String requestId) {}

  private record Sent(Waiting event, CompletableFuture<?> acknowledgement) {}

  public OutboxRelay(
      JdbcClient jdbc,
      Transactions transactions,
      KafkaTemplate<String, String> kafka,
      KafkaAdmin admin) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.kafka = kafka;
    this.admin = admin;
  }

  /** Sends until nothing is left, or until the broker refuses. */
  public void run() {
    while (transactions.inTransaction(this::sendBatch) == BATCH) {
      LOG.debug("outbox has more than {} events", BATCH);
    }
  }

  /** How many events were sent. */
  private int sendBatch() {
    if (!takeTurn()) {
      return 0;
    }
    List<Waiting> waiting = waiting();
    if (waiting.isEmpty()) {
      return 0;
    }
    List<Sent> sent = new ArrayList<>();
    for (Waiting event : waiting) {
      sent.add(new Sent(event, send(event)));
    }
    FailPoints.hit("outbox.afterSend");
    Set<Long> acknowledged = new HashSet<>();
    int failures = 0;
    for (Sent each : sent) {
      String failure = failure(each);
      if (failure == null) {
        acknowledged.add(each.event.id);
      } else {
        failures++;
        recordFailure(each.event, failure);
      }
    }
    delete(acknowledged);
    if (failures > 0) {
      admin.initialize(); // perhaps the topics are missing: the broker was away when we started
    }
    return failures > 0 ? 0 : acknowledged.size();
  }

  /** Ends with the transaction; works behind a connection pooler too. */
  private boolean takeTurn() {
    return jdbc.sql(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || '.outbox', 0))")
        .query(Boolean.class)
        .single();
  }

  private List<Waiting> waiting() {
    return jdbc.sql(
            """
            SELECT id, event_id, topic, event_type, message_key, payload, request_id
              FROM outbox WHERE attempts < :attempts
             ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
            """)
        .param("attempts", MAX_ATTEMPTS)
        .param("limit", BATCH)
        .query(new SimplePropertyRowMapper<>(Waiting.class))
        .list();
  }

  private CompletableFuture<?> send(Waiting event) {
    ProducerRecord<String, String> message =
        new ProducerRecord<>(event.topic, event.messageKey, event.payload);
    header(message, EventHeaders.EVENT_ID, event.eventId.toString());
    header(message, EventHeaders.EVENT_TYPE, event.eventType);
    if (event.requestId != null) {
      header(message, EventHeaders.REQUEST_ID, event.requestId);
    }
    try {
      return kafka.send(message);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static void header(ProducerRecord<String, String> message, String name, String value) {
    message.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static @Nullable String failure(Sent sent) {
    try {
      sent.acknowledgement.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return null;
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (TimeoutException _) {
      return "no acknowledgement within " + PATIENCE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "interrupted";
    }
  }

  private void recordFailure(Waiting event, String failure) {
    LOG.warn("event {} to {} was not sent: {}", event.eventId, event.topic, failure);
    // Only what another attempt cannot mend counts against the event; an absent broker does not.
    boolean refused =
        failure.contains("RecordTooLarge") || failure.contains("InvalidTopicException");
    jdbc.sql("UPDATE outbox SET attempts = attempts + :refused, last_error = :error WHERE id = :id")
        .param("refused", refused ? 1 : 0)
        .param("error", failure)
        .param("id", event.id)
        .update();
  }

  private void delete(Set<Long> ids) {
    if (!ids.isEmpty()) {
      jdbc.sql("DELETE FROM outbox WHERE id IN (:ids)").param("ids", ids).update();
    }
  }
}
