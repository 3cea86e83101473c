package org.transnormer.corpus.snapshots.batch;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.corpus.jobs.JobRuns;
import org.transnormer.corpus.snapshots.Export;
import org.transnormer.corpus.snapshots.ExportJobs;
import org.transnormer.corpus.snapshots.Exports;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionResults;
import org.transnormer.support.batch.PartitionedSteps;
import org.transnormer.support.problems.ConflictProblem;

/** Exports as executions of a batch job; the export's id identifies the job instance. */
public final class BatchExportJobs implements ExportJobs {
  private final Job job;
  private final JobStarter starter;
  private final JobRepository repository;
  private final JobRuns runs;
  private final PartitionResults results;
  private final Exports exports;

  public BatchExportJobs(
      Job job,
      JobStarter starter,
      JobRepository repository,
      JobRuns runs,
      PartitionResults results,
      Exports exports) {
    this.job = job;
    this.starter = starter;
    this.repository = repository;
    this.runs = runs;
    this.results = results;
    this.exports = exports;
  }

  /** The job: write the parts (by any number of workers), seal. */
  public static Job job(JobRepository repository, PartitionedSteps partitioned, ExportSteps steps) {
    return new JobBuilder("snapshot-export", repository)
        .start(partitioned.step(ExportSteps.WRITE, steps::partitions, steps::write))
        .next(
            new StepBuilder("seal", repository)
                .tasklet((contribution, _) -> {
                  StepExecution step = contribution.getStepExecution();
                  steps.seal(step.getJobParameters(), step.getJobExecutionId());
                  return RepeatStatus.FINISHED;
                })
                .build())
        .build();
  }

  @Override
  public void launch(Export export) {
    if (last(export) == null) {
      starter.start(job, parameters(export));
    }
    exports.launched(export.id());
  }

  @Override
  public void restart(Export export) {
    JobExecution execution = last(export);
    if (execution == null) {
      throw new ConflictProblem("the export is not launched yet");
    }
    starter.restart(execution.getId());
  }

  @Override
  public Map<String, JobRun> runs(Collection<Export> of) {
    Map<String, JobRun> found = new HashMap<>();
    for (Export export : of) {
      JobExecution execution = last(export);
      if (execution != null) {
        found.put(export.id(), runs.of(execution));
      }
    }
    return found;
  }

  @Override
  public long written(Export export) {
    JobExecution execution = last(export);
    if (execution == null) {
      return 0;
    }
    return results.all(execution.getId()).stream().mapToLong(partition -> partition.done()).sum();
  }

  private @Nullable JobExecution last(Export export) {
    return repository.getLastJobExecution(job.getName(), parameters(export));
  }

  private static JobParameters parameters(Export export) {
    return new JobParametersBuilder().addString(ExportSteps.EXPORT, export.id()).toJobParameters();
  }
}
