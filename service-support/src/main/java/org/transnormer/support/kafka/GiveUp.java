package org.transnormer.support.kafka;

import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.listener.ConsumerAwareRecordRecoverer;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;

/**
 * What happens to a message that failed too often: it goes to {@code <topic>.dlt} and into the list
 * of dead letters. If either fails, the message is delivered again.
 */
final class GiveUp implements ConsumerAwareRecordRecoverer {
  private static final Logger LOG = LoggerFactory.getLogger(GiveUp.class);

  private final DeadLetterPublishingRecoverer topic;
  private final DeadLetters letters;

  GiveUp(DeadLetterPublishingRecoverer topic, DeadLetters letters) {
    this.topic = topic;
    this.letters = letters;
  }

  @Override
  public void accept(
      ConsumerRecord<?, ?> message,
      @Nullable Consumer<?, ?> consumer,
      @Nullable Exception failure) {
    String group = consumer == null ? "unknown" : consumer.groupMetadata().groupId();
    LOG.error(
        "{} gives up on {}-{}@{}",
        group,
        message.topic(),
        message.partition(),
        message.offset(),
        failure);
    topic.accept(
        message, consumer, failure == null ? new IllegalStateException("unknown") : failure);
    letters.add(message, group, failure);
  }
}
