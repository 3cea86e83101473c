package org.transnormer.support.batch;

import java.util.Map;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.batch.autoconfigure.BatchTaskExecutor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaConnectionDetails;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.transnormer.support.batch.jdbc.JdbcJobOwners;
import org.transnormer.support.batch.jdbc.JdbcPartitionClaims;
import org.transnormer.support.batch.kafka.KafkaPartitionBell;
import tools.jackson.databind.json.JsonMapper;

/** What a service with batch jobs imports beside the common support. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(PartitionSettings.class)
public class BatchSupportConfiguration {

  @Bean
  JdbcPartitionClaims partitionClaims(
      JdbcClient jdbc,
      NamedParameterJdbcTemplate batch,
      PlatformTransactionManager transactions,
      JsonMapper json) {
    return new JdbcPartitionClaims(jdbc, batch, new TransactionTemplate(transactions), json);
  }

  @Bean
  JdbcJobOwners jobOwners(JdbcClient jdbc) {
    return new JdbcJobOwners(jdbc);
  }

  @Bean
  PartitionWorkers partitionWorkers(
      PartitionSettings settings, PartitionClaims claims, JobRepository repository) {
    return new PartitionWorkers(settings, claims, repository);
  }

  @Bean
  KafkaPartitionBell partitionBell(
      PartitionSettings settings,
      KafkaProperties properties,
      KafkaConnectionDetails connection,
      JsonMapper json,
      PartitionWorkers workers) {
    Map<String, Object> producer = properties.buildProducerProperties();
    producer.put("bootstrap.servers", connection.getProducer().getBootstrapServers());
    Map<String, Object> consumer = properties.buildConsumerProperties();
    consumer.put("bootstrap.servers", connection.getConsumer().getBootstrapServers());
    return new KafkaPartitionBell(settings, producer, consumer, json, workers);
  }

  @Bean
  PartitionedSteps partitionedSteps(
      PartitionSettings settings,
      PartitionClaims claims,
      PartitionBell bell,
      PartitionWorkers workers,
      JobRepository repository) {
    return new PartitionedSteps(settings, claims, bell, workers, repository);
  }

  @Bean
  JobStarter jobStarter(
      PartitionSettings settings,
      JobOperator operator,
      JobRepository repository,
      JobOwners owners,
      PartitionClaims claims) {
    return new JobStarter(settings, operator, repository, owners, claims);
  }

  /** Jobs run in the background; launching one over HTTP answers at once. */
  @Bean
  @BatchTaskExecutor
  TaskExecutor jobExecutor() {
    SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor("job-");
    executor.setVirtualThreads(true);
    return executor;
  }
}
