package org.transnormer.support;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.transnormer.support.batch.jobs.JobsConfiguration;
import org.transnormer.support.idempotency.IdempotencyConfiguration;
import org.transnormer.support.kafka.KafkaSupportConfiguration;
import org.transnormer.support.leases.LeaseConfiguration;
import org.transnormer.support.openapi.OpenApiConfiguration;
import org.transnormer.support.outbox.OutboxConfiguration;
import org.transnormer.support.security.SecurityConfiguration;
import org.transnormer.support.store.StoreConfiguration;
import org.transnormer.support.web.WebConfiguration;

/** Imported by every service; each part is a configuration of its own. */
@Configuration(proxyBeanMethods = false)
@Import({
  WebConfiguration.class,
  SecurityConfiguration.class,
  StoreConfiguration.class,
  OutboxConfiguration.class,
  KafkaSupportConfiguration.class,
  LeaseConfiguration.class,
  IdempotencyConfiguration.class,
  OpenApiConfiguration.class,
  JobsConfiguration.class
})
public class SupportConfiguration {
  private static final Duration HOUSEKEEPING = Duration.ofHours(1);

  @Bean
  Transactions transactions(PlatformTransactionManager manager) {
    return new Transactions(manager);
  }

  @Bean
  BackgroundLoop housekeepingLoop(JdbcClient jdbc) {
    return new BackgroundLoop("housekeeping", HOUSEKEEPING, new Housekeeping(jdbc)::run);
  }
}
