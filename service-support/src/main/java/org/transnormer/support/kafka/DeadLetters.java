package org.transnormer.support.kafka;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.SimplePropertyRowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.Ids;
import org.transnormer.support.Transactions;
import org.transnormer.support.outbox.JdbcOutbox;
import org.transnormer.support.problems.NotFoundProblem;

/** What could not be consumed, to look at and to send again. */
public final class DeadLetters {
  private static final String COLUMNS =
      """
      id, topic, kafka_partition AS partition, kafka_offset AS "offset", consumer, event_id,
      event_type, message_key AS key, payload, reason, failed_at, replayed_at, replayed_by
      """;

  private final JdbcClient jdbc;
  private final JdbcOutbox outbox;
  private final Transactions transactions;

  public DeadLetters(JdbcClient jdbc, JdbcOutbox outbox, Transactions transactions) {
    this.jdbc = jdbc;
    this.outbox = outbox;
    this.transactions = transactions;
  }

  /** Notes a message; the same message of the same consumer once. */
  void add(ConsumerRecord<?, ?> message, String consumer, @Nullable Exception failure) {
    jdbc.sql(
            """
            INSERT INTO dead_letter (id, topic, kafka_partition, kafka_offset, consumer, event_id,
                                     event_type, message_key, payload, reason)
            VALUES (:id, :topic, :partition, :offset, :consumer, :event, :type, :key, :payload,
                    :reason)
            ON CONFLICT (topic, kafka_partition, kafka_offset, consumer) DO NOTHING
            """)
        .param("id", UUID.fromString(Ids.next()))
        .param("topic", message.topic())
        .param("partition", message.partition())
        .param("offset", message.offset())
        .param("consumer", consumer)
        .param("event", header(message, EventHeaders.EVENT_ID))
        .param("type", header(message, EventHeaders.EVENT_TYPE))
        .param("key", text(message.key()))
        .param("payload", text(message.value()))
        .param("reason", withoutNul(reason(failure)))
        .update();
  }

  public List<DeadLetter> list(@Nullable String after, int limit) {
    return jdbc.sql(
            "SELECT "
                + COLUMNS
                + " FROM dead_letter WHERE :after::uuid IS NULL OR id < :after::uuid"
                + " ORDER BY id DESC LIMIT :limit")
        .param("after", after)
        .param("limit", limit)
        .query(new SimplePropertyRowMapper<>(DeadLetter.class))
        .list();
  }

  /** Sends the message to its topic again, under its own event id. */
  public void replay(String id, String caller) {
    transactions.inTransaction(() -> {
      DeadLetter letter = find(id);
      outbox.publish(
          letter.topic(),
          Optional.ofNullable(letter.key()).orElse(letter.id()),
          eventId(letter),
          Optional.ofNullable(letter.eventType()).orElse("unknown"),
          Optional.ofNullable(letter.payload()).orElse(""));
      jdbc.sql(
              """
              UPDATE dead_letter SET replayed_at = now(), replayed_by = :caller
               WHERE id = :id::uuid
              """)
          .param("caller", caller)
          .param("id", id)
          .update();
    });
  }

  private DeadLetter find(String id) {
    return jdbc.sql("SELECT " + COLUMNS + " FROM dead_letter WHERE id::text = :id FOR UPDATE")
        .param("id", id)
        .query(DeadLetter.class)
        .optional()
        .orElseThrow(() -> new NotFoundProblem("dead letter", id));
  }

  private static UUID eventId(DeadLetter letter) {
    try {
      return UUID.fromString(Optional.ofNullable(letter.eventId()).orElse(letter.id()));
    } catch (IllegalArgumentException _) {
      return UUID.fromString(letter.id());
    }
  }

  private static @Nullable String header(ConsumerRecord<?, ?> message, String name) {
    Header header = message.headers().lastHeader(name);
    return header == null ? null : withoutNul(new String(header.value(), StandardCharsets.UTF_8));
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : withoutNul(value.toString());
  }

  /** PostgreSQL's text has no character 0. */
  private static String withoutNul(String text) {
    return text.replace('\0', '\ufffd');
  }

  private static String reason(@Nullable Exception failure) {
    Throwable cause = failure;
    while (cause != null && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause);
  }
}
