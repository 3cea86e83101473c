package org.transnormer.support.kafka;

import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.CommonErrorHandler;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.converter.ConversionException;
import org.springframework.kafka.support.converter.RecordMessageConverter;
import org.springframework.kafka.support.converter.StringJacksonJsonMessageConverter;
import org.springframework.util.backoff.FixedBackOff;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.JdbcOutbox;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Topics, conversion, consuming once, dead letters. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(KafkaSupportProperties.class)
@Import(DeadLetterController.class)
public class KafkaSupportConfiguration {
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(500);
  private static final int TRIES = 3;

  @Bean
  ProcessedMessages processedMessages(JdbcClient jdbc, Transactions transactions) {
    return new ProcessedMessages(jdbc, transactions);
  }

  @Bean
  DeadLetters deadLetters(JdbcClient jdbc, JdbcOutbox outbox, Transactions transactions) {
    return new DeadLetters(jdbc, outbox, transactions);
  }

  /** Listeners take records; fields that a newer sender added are ignored. */
  @Bean
  RecordMessageConverter eventConverter(JsonMapper json) {
    return new StringJacksonJsonMessageConverter(
        json.rebuild().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build());
  }

  @Bean
  CommonErrorHandler listenerErrors(KafkaTemplate<String, String> kafka, DeadLetters letters) {
    var topic =
        new DeadLetterPublishingRecoverer(
            kafka, (message, _) -> new TopicPartition(message.topic() + ".dlt", -1));
    var handler =
        new DefaultErrorHandler(
            new GiveUp(topic, letters), new FixedBackOff(BETWEEN_TRIES.toMillis(), TRIES - 1L));
    handler.addNotRetryableExceptions(ConversionException.class);
    return handler;
  }

  /** Makes what is missing; replication is the broker's default. */
  @Bean
  KafkaAdmin.NewTopics platformTopics(KafkaSupportProperties properties) {
    return new KafkaAdmin.NewTopics(
        Topics.all().stream()
            .flatMap(topic ->
                Stream.of(
                    newTopic(topic.name(), properties.partitions()),
                    newTopic(topic.deadLetters(), 1)))
            .toArray(NewTopic[]::new));
  }

  private static NewTopic newTopic(String name, int partitions) {
    return new NewTopic(name, Optional.of(partitions), Optional.empty());
  }
}
