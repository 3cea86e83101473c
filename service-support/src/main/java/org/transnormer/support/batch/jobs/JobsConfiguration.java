package org.transnormer.support.batch.jobs;

import java.time.InstantSource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.support.Transactions;
import org.transnormer.support.UnusedAutoConfigurations;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.SecurityProperties;

/** The jobs' REST family. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(UnusedAutoConfigurations.BATCH)
public class JobsConfiguration {
  @Bean
  JobsController supportJobsController(
      SecurityProperties identity,
      JdbcClient jdbc,
      PartitionResults partitions,
      JobStarter starter,
      Outbox outbox,
      Transactions transactions,
      Launches launches) {
    String service = identity.identity();
    JobViews views = new JobViews(service, new JobRows(jdbc), partitions, InstantSource.system());
    return new JobsController(service, views, starter, outbox, transactions, launches);
  }
}
