package org.transnormer.corpus.ingest.batch;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.jobs.JobRuns;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionedSteps;

/** Wiring of the job that reads sources. */
@Configuration(proxyBeanMethods = false)
class IngestBatchConfiguration {

  @Bean
  Job ingestionJob(JobRepository repository, PartitionedSteps partitioned, IngestionSteps steps) {
    return IngestionJob.of(repository, partitioned, steps);
  }

  @Bean
  IngestionJobs ingestionJobs(
      @Qualifier("ingestionJob") Job job,
      JobStarter starter,
      JobRepository repository,
      JobRuns runs,
      Ingestions ingestions) {
    return new BatchIngestionJobs(job, starter, repository, runs, ingestions);
  }
}
