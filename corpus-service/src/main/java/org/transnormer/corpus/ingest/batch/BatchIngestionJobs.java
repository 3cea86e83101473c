package org.transnormer.corpus.ingest.batch;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.transnormer.corpus.ingest.Ingestion;
import org.transnormer.corpus.ingest.IngestionJobs;
import org.transnormer.corpus.ingest.Ingestions;
import org.transnormer.corpus.jobs.JobRun;
import org.transnormer.corpus.jobs.JobRuns;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.problems.ConflictProblem;

/** Ingestions as executions of the batch job; the ingestion's id identifies the job instance. */
public final class BatchIngestionJobs implements IngestionJobs {
  private final Job job;
  private final JobStarter starter;
  private final JobRepository repository;
  private final JobRuns runs;
  private final Ingestions ingestions;

  public BatchIngestionJobs(
      Job job, JobStarter starter, JobRepository repository, JobRuns runs, Ingestions ingestions) {
    this.job = job;
    this.starter = starter;
    this.repository = repository;
    this.runs = runs;
    this.ingestions = ingestions;
  }

  @Override
  public void launch(Ingestion ingestion) {
    if (last(ingestion) == null) {
      starter.start(job, parameters(ingestion));
    }
    ingestions.launched(ingestion.id());
  }

  @Override
  public void stop(Ingestion ingestion) {
    starter.stop(execution(ingestion).getId());
  }

  @Override
  public void restart(Ingestion ingestion) {
    starter.restart(execution(ingestion).getId());
  }

  @Override
  public Map<String, JobRun> runs(Collection<Ingestion> of) {
    Map<String, JobRun> found = new HashMap<>();
    for (Ingestion ingestion : of) {
      JobExecution execution = last(ingestion);
      if (execution != null) {
        found.put(ingestion.id(), runs.of(execution));
      }
    }
    return found;
  }

  private JobExecution execution(Ingestion ingestion) {
    JobExecution execution = last(ingestion);
    if (execution == null) {
      throw new ConflictProblem("the ingestion is not launched yet");
    }
    return execution;
  }

  private @Nullable JobExecution last(Ingestion ingestion) {
    return repository.getLastJobExecution(job.getName(), parameters(ingestion));
  }

  private static JobParameters parameters(Ingestion ingestion) {
    return new JobParametersBuilder()
        .addString(IngestionSteps.INGESTION, ingestion.id())
        .toJobParameters();
  }
}
