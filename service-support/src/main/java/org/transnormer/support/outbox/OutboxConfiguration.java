package org.transnormer.support.outbox;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.Transactions;
import tools.jackson.databind.json.JsonMapper;

/** Outbox, relay and their gauge. */
@Configuration(proxyBeanMethods = false)
public class OutboxConfiguration {
  /** The relay is woken after each commit; the interval only matters after trouble. */
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  @Bean
  OutboxRelay outboxRelay(
      JdbcClient jdbc,
      Transactions transactions,
      KafkaTemplate<String, String> kafka,
      KafkaAdmin admin) {
    return new OutboxRelay(jdbc, transactions, kafka, admin);
  }

  @Bean
  BackgroundLoop outboxLoop(OutboxRelay relay) {
    return new BackgroundLoop("outbox-relay", INTERVAL, relay::run);
  }

  @Bean
  JdbcOutbox outbox(JdbcClient jdbc, JsonMapper json, BackgroundLoop outboxLoop) {
    return new JdbcOutbox(jdbc, json, outboxLoop::wake);
  }

  @Bean
  MeterBinder outboxGauges(JdbcClient jdbc) {
    return (MeterRegistry registry) -> {
      gauge(registry, jdbc, "tnl.outbox.waiting", "attempts < " + OutboxRelay.MAX_ATTEMPTS);
      gauge(registry, jdbc, "tnl.outbox.refused", "attempts >= " + OutboxRelay.MAX_ATTEMPTS);
    };
  }

  private static void gauge(MeterRegistry registry, JdbcClient jdbc, String name, String where) {
    Gauge.builder(
            name,
            () -> jdbc.sql("SELECT count(*) FROM outbox WHERE " + where).query(Long.class).single())
        .register(registry);
  }
}
