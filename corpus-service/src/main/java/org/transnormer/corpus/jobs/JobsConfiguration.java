package org.transnormer.corpus.jobs;

import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.transnormer.support.batch.BatchSupportConfiguration;
import org.transnormer.support.batch.PartitionResults;

/** Wiring of batch work. */
@Configuration(proxyBeanMethods = false)
@Import(BatchSupportConfiguration.class)
class JobsConfiguration {

  @Bean
  JobRuns jobRuns(JobRepository repository, PartitionResults partitions) {
    return new JobRuns(repository, partitions);
  }
}
