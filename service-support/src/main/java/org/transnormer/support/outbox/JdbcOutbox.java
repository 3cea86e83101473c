package org.transnormer.support.outbox;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.transnormer.support.Ids;
import org.transnormer.support.events.Topic;
import org.transnormer.support.web.RequestIdFilter;
import tools.jackson.databind.json.JsonMapper;

/** The outbox as a table; wakes the relay when the transaction has committed. */
public final class JdbcOutbox implements Outbox {
  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Runnable wakeRelay;

  public JdbcOutbox(JdbcClient jdbc, JsonMapper json, Runnable wakeRelay) {
    this.jdbc = jdbc;
    this.json = json;
    this.wakeRelay = wakeRelay;
  }

  @Override
  public void publish(Topic topic, String key, Record event) {
    if (!topic.event().isInstance(event)) {
      throw new IllegalArgumentException(
          event.getClass().getName() + " does not travel on " + topic.name());
    }
    publish(
        topic.name(),
        key,
        UUID.fromString(Ids.next()),
        event.getClass().getSimpleName(),
        json.writeValueAsString(event));
  }

  /** An event that exists already, under its own id. */
  public void publish(String topic, String key, UUID eventId, String eventType, String payload) {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("an event is published within the transaction it announces");
    }
    jdbc.sql(
            """
            INSERT INTO outbox (event_id, topic, event_type, message_key, payload, request_id)
            VALUES (:id, :topic, :type, :key, :payload, :request)
            ON CONFLICT (event_id) DO NOTHING
            """)
        .param("id", eventId)
        .param("topic", topic)
        .param("type", eventType)
        .param("key", key)
        .param("payload", payload)
        .param("request", RequestIdFilter.current().orElse(null))
        .update();
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            wakeRelay.run();
          }
        });
  }
}
