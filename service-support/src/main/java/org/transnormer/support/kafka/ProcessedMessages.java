package org.transnormer.support.kafka;

import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.Transactions;

/**
 * Kafka delivers at least once; this makes the effect happen once.
 *
 * <pre>{@code
 * @KafkaListener(topics = Topics.TRAINER_RUN_ENDED)
 * void on(RunEnded event, @Header(EventHeaders.EVENT_ID) String id) {
 *   processed.once("evaluation-rounds", id, () -> rounds.trained(event));
 * }
 * }</pre>
 */
public final class ProcessedMessages {
  private final JdbcClient jdbc;
  private final Transactions transactions;

  public ProcessedMessages(JdbcClient jdbc, Transactions transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /**
   * Runs the effect in one transaction with the note that it ran. A delivery that runs beside this
   * one waits and then does nothing.
   *
   * @param consumer name of the effect, unique within the service
   * @return whether the effect ran now
   */
  public boolean once(String consumer, String eventId, Runnable effect) {
    UUID id = UUID.fromString(eventId);
    return transactions.inTransaction(() -> {
      boolean first =
          jdbc.sql(
                      """
                      INSERT INTO processed_message (consumer, event_id) VALUES (:consumer, :id)
                      ON CONFLICT DO NOTHING
                      """)
                  .param("consumer", consumer)
                  .param("id", id)
                  .update()
              == 1;
      if (first) {
        effect.run();
      }
      return first;
    });
  }
}
