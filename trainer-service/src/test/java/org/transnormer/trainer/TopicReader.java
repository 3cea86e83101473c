package org.transnormer.trainer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.core.env.Environment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What was published on a topic, waiting a little for what is on its way. */
final class TopicReader {

  private static final Duration ON_ITS_WAY = Duration.ofSeconds(2);

  private TopicReader() {}

  static List<JsonNode> readAll(Environment environment, String topic) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            Objects.requireNonNull(environment.getProperty("spring.kafka.bootstrap-servers")));
    List<JsonNode> events = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(each -> new TopicPartition(topic, each.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.nanoTime() + ON_ITS_WAY.toNanos();
      while (System.nanoTime() < deadline) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(each -> events.add(JsonMapper.shared().readTree(each.value())));
      }
    }
    return events;
  }
}
