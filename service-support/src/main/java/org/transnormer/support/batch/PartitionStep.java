package org.transnormer.support.batch;

import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobInterruptedException;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.AbstractStep;
import org.springframework.batch.core.step.StepExecution;

/** One partition on the worker's side: runs the work, and lets Spring Batch keep its record. */
final class PartitionStep extends AbstractStep {

  /** How a partition ended. */
  record Outcome(BatchStatus status, String reason) {}

  private static final int MOST_REASON = 2_000;

  private final PartitionWork work;
  private final RunningPartition context;
  private boolean finished;

  PartitionStep(
      String name, PartitionWork work, RunningPartition context, JobRepository repository) {
    super(repository);
    setName(name);
    this.work = work;
    this.context = context;
  }

  Outcome run(StepExecution execution) throws JobInterruptedException {
    execute(execution);
    // A stop that arrives after the work's last line stops nothing: the partition is done.
    return finished
        ? new Outcome(BatchStatus.COMPLETED, "")
        : new Outcome(execution.getStatus(), reason(execution));
  }

  @Override
  protected void doExecute(StepExecution execution) throws Exception {
    try {
      work.run(context);
    } catch (PartitionStoppedException e) {
      throw new JobInterruptedException("partition %s was stopped".formatted(context.name()));
    }
    context.snapshot().counters().forEach((name, count) -> apply(execution, name, count));
    execution.setExitStatus(ExitStatus.COMPLETED);
    finished = true;
  }

  /** Spring Batch's own columns, so that its tables tell the same story. */
  private static void apply(StepExecution execution, String counter, long count) {
    switch (counter) {
      case "read" -> execution.setReadCount(count);
      case "written" -> execution.setWriteCount(count);
      case "filtered" -> execution.setFilterCount(count);
      case "failed" -> execution.setProcessSkipCount(count);
      default -> {
        // Other counters live in the partition's row alone.
      }
    }
  }

  private static String reason(StepExecution execution) {
    if (execution.getFailureExceptions().isEmpty()) {
      return "";
    }
    Throwable failure = execution.getFailureExceptions().getFirst();
    String text = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return text.length() > MOST_REASON ? text.substring(0, MOST_REASON) : text;
  }
}
