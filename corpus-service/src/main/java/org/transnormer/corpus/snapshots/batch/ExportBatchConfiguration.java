package org.transnormer.corpus.snapshots.batch;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.corpus.jobs.JobRuns;
import org.transnormer.corpus.snapshots.ExportJobs;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.corpus.snapshots.WriteExport;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.batch.PartitionedSteps;

/** Wiring of the job that writes exports. */
@Configuration(proxyBeanMethods = false)
class ExportBatchConfiguration {

  @Bean
  Job exportJob(
      JobRepository repository,
      PartitionedSteps partitioned,
      Exports exports,
      ObjectStore store,
      PartitionResults results) {
    return BatchExportJobs.job(
        repository, partitioned, new ExportSteps(exports, new WriteExport(store), results));
  }

  @Bean
  ExportJobs exportJobs(
      @Qualifier("exportJob") Job job,
      JobStarter starter,
      JobRepository repository,
      JobRuns runs,
      PartitionResults results,
      Exports exports) {
    return new BatchExportJobs(job, starter, repository, runs, results, exports);
  }
}
