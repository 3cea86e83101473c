package org.transnormer.support.batch.kafka;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.ContainerProperties;
import org.springframework.kafka.listener.KafkaMessageListenerContainer;
import org.springframework.kafka.listener.MessageListener;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionBell;
import org.transnormer.support.batch.PartitionSettings;
import org.transnormer.support.batch.PartitionWorkers;
import tools.jackson.databind.json.JsonMapper;

/**
 * One record a partition, keyed by it, to the group of workers. The listener only wakes the workers
 * of its process, so a partition that takes hours never holds up the poll loop.
 */
public final class KafkaPartitionBell implements PartitionBell, SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(KafkaPartitionBell.class);
  private static final int SESSION_MILLIS = 6_000;
  private static final int HEARTBEAT_MILLIS = 2_000;

  private final PartitionSettings settings;
  private final KafkaTemplate<String, String> kafka;
  private final JsonMapper json;
  private final KafkaMessageListenerContainer<String, String> container;

  public KafkaPartitionBell(
      PartitionSettings settings,
      Map<String, Object> producer,
      Map<String, Object> consumer,
      JsonMapper json,
      PartitionWorkers workers) {
    this.settings = settings;
    this.json = json;
    this.kafka =
        new KafkaTemplate<>(
            new DefaultKafkaProducerFactory<>(
                producer, new StringSerializer(), new StringSerializer()));
    Map<String, Object> consuming = new java.util.HashMap<>(consumer);
    consuming.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, SESSION_MILLIS);
    consuming.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, HEARTBEAT_MILLIS);
    ContainerProperties properties = new ContainerProperties(settings.topic());
    properties.setGroupId(settings.topic() + ".workers");
    properties.setMessageListener((MessageListener<String, String>) message -> workers.ring());
    this.container =
        new KafkaMessageListenerContainer<>(
            new DefaultKafkaConsumerFactory<>(
                consuming, new StringDeserializer(), new StringDeserializer()),
            properties);
  }

  @Override
  public void ring(Collection<Partition> waiting) {
    for (Partition partition : waiting) {
      String message =
          json.writeValueAsString(
              new PartitionRequested(
                  partition.stepExecutionId(),
                  partition.jobExecutionId(),
                  partition.step(),
                  partition.name()));
      kafka
          .send(settings.topic(), Long.toString(partition.stepExecutionId()), message)
          .whenComplete((sent, failure) -> {
            if (failure != null) {
              LOG.atWarn()
                  .setCause(failure)
                  .log("the bell did not ring; idle workers look for themselves");
            }
          });
    }
  }

  @Override
  public void start() {
    if (settings.works()) {
      container.start();
    }
  }

  @Override
  public void stop() {
    container.stop();
    kafka.getProducerFactory().reset();
  }

  @Override
  public boolean isRunning() {
    return container.isRunning();
  }
}
