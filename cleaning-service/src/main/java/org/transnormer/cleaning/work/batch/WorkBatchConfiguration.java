package org.transnormer.cleaning.work.batch;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.BackgroundLoop;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.batch.PartitionSettings;
import org.transnormer.support.batch.PartitionedSteps;

@Configuration(proxyBeanMethods = false)
class WorkBatchConfiguration {

  private static final Duration RECONCILE = Duration.ofSeconds(3);

  @Bean
  StageSteps stageSteps(PartitionedSteps partitioned, JobRepository repository, Works works) {
    return new StageSteps(partitioned, repository, works);
  }

  @Bean
  WorkListener workListener(Works works, PartitionResults partitions) {
    return new WorkListener(works, partitions);
  }

  @Bean
  BatchLauncher batchLauncher(
      Works works,
      List<Job> jobs,
      JobStarter starter,
      PartitionSettings settings,
      WorkListener listener) {
    Map<WorkKind, Job> byKind = new EnumMap<>(WorkKind.class);
    jobs.forEach(job -> byKind.put(WorkKind.of(job.getName()), job));
    return new BatchLauncher(works, byKind, starter, settings, listener);
  }

  @Bean
  BackgroundLoop workReconciler(BatchLauncher launcher) {
    return new BackgroundLoop("work-reconciler", RECONCILE, launcher::reconcile);
  }
}
