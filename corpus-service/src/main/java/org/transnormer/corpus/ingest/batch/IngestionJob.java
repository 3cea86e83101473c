package org.transnormer.corpus.ingest.batch;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.transnormer.support.batch.PartitionedSteps;

/** The job: plan, read (by any number of workers), complete. */
public final class IngestionJob {
  public static final String NAME = "ingestion";

  private IngestionJob() {}

  public static Job of(
      JobRepository repository, PartitionedSteps partitioned, IngestionSteps steps) {
    return new JobBuilder(NAME, repository)
        .start(tasklet(repository, "plan", steps::plan))
        .next(partitioned.step("read", steps::partitions, steps::read))
        .next(tasklet(repository, "complete", steps::complete))
        .build();
  }

  /** One call; it opens its own transactions. */
  @FunctionalInterface
  private interface Action {
    void run(JobParameters job) throws Exception;
  }

  private static Step tasklet(JobRepository repository, String name, Action action) {
    return new StepBuilder(name, repository)
        .tasklet((contribution, _) -> {
          action.run(contribution.getStepExecution().getJobParameters());
          return RepeatStatus.FINISHED;
        })
        .build();
  }
}
