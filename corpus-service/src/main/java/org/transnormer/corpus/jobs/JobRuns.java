package org.transnormer.corpus.jobs;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.transnormer.support.WorkStatus;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionResults;

/** Tells what Spring Batch knows of an execution in the words of every other long work. */
public final class JobRuns {
  private static final String SERVICE = "corpus";

  private final JobRepository repository;
  private final PartitionResults partitions;

  public JobRuns(JobRepository repository, PartitionResults partitions) {
    this.repository = repository;
    this.partitions = partitions;
  }

  public JobRun of(JobExecution execution) {
    return new JobRun(
        SERVICE + "-" + execution.getId(),
        state(execution.getStatus()),
        instant(execution.getStartTime()),
        instant(execution.getEndTime()),
        repository.getJobExecutions(execution.getJobInstance()).size(),
        reason(execution));
  }

  private static String state(BatchStatus status) {
    return switch (status) {
      case STARTING -> WorkStatus.QUEUED;
      case STARTED -> WorkStatus.RUNNING;
      case STOPPING -> WorkStatus.STOPPING;
      case STOPPED -> WorkStatus.STOPPED;
      case COMPLETED -> WorkStatus.SUCCEEDED;
      case ABANDONED -> WorkStatus.ABANDONED;
      case FAILED, UNKNOWN -> WorkStatus.FAILED;
    };
  }

  private @Nullable String reason(JobExecution execution) {
    return switch (execution.getStatus()) {
      case FAILED, UNKNOWN, ABANDONED -> failure(execution);
      case STOPPED -> "stopped on request";
      case STARTING, STARTED, STOPPING, COMPLETED -> null;
    };
  }

  /** What the first failed partition says, else the first failed step. */
  private String failure(JobExecution execution) {
    Optional<String> ofPartition =
        partitions.all(execution.getId()).stream()
            .filter(partition -> partition.state().equals("failed"))
            .map(JobRuns::told)
            .findFirst();
    return ofPartition
        .or(() ->
            execution.getStepExecutions().stream()
                .filter(step -> step.getStatus().isUnsuccessful())
                .map(JobRuns::told)
                .filter(told -> !told.isEmpty())
                .findFirst())
        .orElse("the job ended without a reason: " + execution.getExitStatus().getExitCode());
  }

  private static String told(Partition partition) {
    return "partition " + partition.name() + ": " + partition.reason();
  }

  /** Spring Batch keeps a stack trace; its first line names the exception's class and message. */
  private static String told(StepExecution step) {
    String first = step.getExitStatus().getExitDescription().lines().findFirst().orElse("").strip();
    return first.replaceFirst("^(?:[a-zA-Z_][\\w$]*\\.)+[\\w$]+(?:: )?", "");
  }

  private static @Nullable Instant instant(@Nullable LocalDateTime time) {
    return time == null ? null : time.atZone(ZoneId.systemDefault()).toInstant();
  }
}
