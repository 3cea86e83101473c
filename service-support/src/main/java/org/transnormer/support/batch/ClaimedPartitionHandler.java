package org.transnormer.support.batch;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.partition.PartitionHandler;
import org.springframework.batch.core.partition.StepExecutionSplitter;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.infrastructure.item.ExecutionContext;

/**
 * The manager's side of a partitioned step: writes the partitions down, rings, and watches their
 * rows until all have ended. The rows are the truth; step executions whose worker died before it
 * could write them are brought in line at the end.
 */
final class ClaimedPartitionHandler implements PartitionHandler {

  private final PartitionSettings settings;
  private final PartitionClaims claims;
  private final PartitionBell bell;
  private final JobRepository repository;
  private final String step;

  ClaimedPartitionHandler(
      PartitionSettings settings,
      PartitionClaims claims,
      PartitionBell bell,
      JobRepository repository,
      String step) {
    this.settings = settings;
    this.claims = claims;
    this.bell = bell;
    this.repository = repository;
    this.step = step;
  }

  @Override
  public Collection<StepExecution> handle(StepExecutionSplitter splitter, StepExecution manager)
      throws Exception {
    Collection<StepExecution> executions = splitter.split(manager, 1);
    if (executions.isEmpty()) {
      return executions;
    }
    JobExecution job = manager.getJobExecution();
    List<Partition> partitions = executions.stream().map(this::waiting).toList();
    claims.add(partitions, job.getJobInstanceId());
    bell.ring(partitions);
    List<Partition> ended = awaitEnd(job);
    return reconcile(executions, ended);
  }

  private Partition waiting(StepExecution execution) {
    return new Partition(
        execution.getId(),
        execution.getJobExecutionId(),
        step,
        execution.getStepName().substring(execution.getStepName().indexOf(':') + 1),
        parameters(execution.getExecutionContext()),
        "waiting",
        0,
        0,
        null,
        0,
        0,
        "",
        Map.of(),
        Map.of(),
        null,
        null,
        null);
  }

  private List<Partition> awaitEnd(JobExecution job) throws InterruptedException {
    boolean stopping = false;
    while (true) {
      List<Partition> partitions = claims.ofExecution(job.getId(), step);
      if (partitions.stream().noneMatch(ClaimedPartitionHandler::open)) {
        return partitions;
      }
      if (!stopping && stopRequested(job)) {
        claims.stop(job.getId());
        stopping = true;
      }
      try {
        Thread.sleep(settings.poll()); // the rows are polled: they are the truth
      } catch (InterruptedException e) {
        claims.stop(job.getId());
        throw e;
      }
    }
  }

  private boolean stopRequested(JobExecution job) {
    if (job.isStopping()) {
      return true;
    }
    JobExecution fresh = repository.getJobExecution(job.getId());
    return fresh != null && fresh.isStopping();
  }

  private Collection<StepExecution> reconcile(
      Collection<StepExecution> executions, List<Partition> ended) {
    Map<Long, Partition> byId = new LinkedHashMap<>();
    ended.forEach(partition -> byId.put(partition.stepExecutionId(), partition));
    List<StepExecution> result = new ArrayList<>();
    for (StepExecution planned : executions) {
      StepExecution execution = repository.getStepExecution(planned.getId());
      Partition partition = byId.get(planned.getId());
      if (execution == null || partition == null) {
        throw new IllegalStateException("the partition " + planned.getStepName() + " is lost");
      }
      BatchStatus status = status(partition);
      if (execution.getStatus() != status) {
        execution.setStatus(status);
        execution.setExitStatus(exit(partition));
        execution.setEndTime(local(partition.endedAt()));
        repository.update(execution);
      }
      result.add(execution);
    }
    return result;
  }

  private static boolean open(Partition partition) {
    return partition.state().equals("waiting") || partition.state().equals("running");
  }

  private static BatchStatus status(Partition partition) {
    return switch (partition.state()) {
      case "done" -> BatchStatus.COMPLETED;
      case "stopped" -> BatchStatus.STOPPED;
      default -> BatchStatus.FAILED;
    };
  }

  private static ExitStatus exit(Partition partition) {
    String reason = partition.reason() == null ? "" : partition.reason();
    return switch (partition.state()) {
      case "done" -> ExitStatus.COMPLETED;
      case "stopped" -> ExitStatus.STOPPED.addExitDescription(reason);
      default -> ExitStatus.FAILED.addExitDescription(reason);
    };
  }

  private static LocalDateTime local(@org.jspecify.annotations.Nullable Instant instant) {
    return LocalDateTime.ofInstant(
        instant == null ? Instant.now() : instant, ZoneId.systemDefault());
  }

  private static Map<String, String> parameters(ExecutionContext context) {
    Map<String, String> parameters = new LinkedHashMap<>();
    context.toMap().forEach((key, value) -> parameters.put(key, String.valueOf(value)));
    return parameters;
  }
}
