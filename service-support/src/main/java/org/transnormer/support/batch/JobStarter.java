package org.transnormer.support.batch;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.context.SmartLifecycle;

/**
 * Starts, stops and restarts jobs, and keeps a lease on those that this process drives. Jobs whose
 * process has died are taken over: marked as failed, and restarted where they stood.
 */
public final class JobStarter implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(JobStarter.class);

  private final PartitionSettings settings;
  private final JobOperator operator;
  private final JobRepository repository;
  private final JobOwners owners;
  private final PartitionClaims claims;
  private final String owner =
      ManagementFactory.getRuntimeMXBean().getName() + "/" + UUID.randomUUID();
  private volatile boolean up;

  JobStarter(
      PartitionSettings settings,
      JobOperator operator,
      JobRepository repository,
      JobOwners owners,
      PartitionClaims claims) {
    this.settings = settings;
    this.operator = operator;
    this.repository = repository;
    this.owners = owners;
    this.claims = claims;
  }

  /**
   * Starts a job in the background.
   *
   * @return the execution's id
   * @throws IllegalStateException when Spring Batch refuses it
   */
  public long start(Job job, JobParameters parameters) {
    try {
      return owned(operator.start(job, parameters));
    } catch (JobExecutionException e) {
      throw new IllegalStateException("cannot start " + job.getName() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Asks an execution to stop at the next point where it can be restarted. Only the request is
   * written down: {@code JobOperator.stop} would end the manager's step under the hands of its own
   * thread.
   */
  public void stop(long executionId) {
    JobExecution execution = execution(executionId);
    if (!execution.isRunning()) {
      throw new IllegalStateException(
          "job %d is not running but %s".formatted(executionId, execution.getStatus()));
    }
    execution.setStatus(BatchStatus.STOPPING);
    repository.update(execution);
  }

  /** Goes on with a stopped or failed execution; finished partitions are not done again. */
  public long restart(long executionId) {
    try {
      return owned(operator.restart(execution(executionId)));
    } catch (JobExecutionException e) {
      throw new IllegalStateException(
          "cannot restart job " + executionId + ": " + e.getMessage(), e);
    }
  }

  /** Gives a stopped or failed execution up: it can never be restarted. */
  public void abandon(long executionId) {
    try {
      operator.abandon(execution(executionId));
      claims.abandon(executionId);
    } catch (JobExecutionException e) {
      throw new IllegalStateException(
          "cannot abandon job " + executionId + ": " + e.getMessage(), e);
    }
  }

  public JobExecution execution(long executionId) {
    JobExecution execution = repository.getJobExecution(executionId);
    if (execution == null) {
      throw new IllegalArgumentException("no job execution " + executionId);
    }
    return execution;
  }

  /** The newest execution of the instance that the given one belongs to: restarts make new ones. */
  public JobExecution newest(long executionId) {
    JobExecution execution = execution(executionId);
    JobExecution last = repository.getLastJobExecution(execution.getJobInstance());
    return last == null ? execution : last;
  }

  @Override
  public void start() {
    if (!settings.manages()) {
      return;
    }
    up = true;
    Thread.ofPlatform().name("job-leases").daemon().start(this::watch);
  }

  @Override
  public void stop() {
    up = false;
  }

  @Override
  public boolean isRunning() {
    return up;
  }

  private long owned(JobExecution execution) {
    owners.own(execution.getId(), owner, settings.lease());
    return execution.getId();
  }

  private void watch() {
    while (up) {
      try {
        owners.renew(owner, settings.lease());
        takeOver();
        Thread.sleep(settings.lease().dividedBy(4)); // pacing of a daemon
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("cannot look after jobs; trying again");
        sleepQuietly();
      }
    }
  }

  private void takeOver() {
    Set<Long> running = new HashSet<>();
    for (String name : operator.getJobNames()) {
      repository.findRunningJobExecutions(name).forEach(each -> running.add(each.getId()));
    }
    for (long id : owners.takeOrphans(running, owner, settings.lease())) {
      try {
        recover(id);
      } catch (RuntimeException e) {
        owners.own(id, JobOwners.NOBODY, Duration.ZERO); // an orphan again, for the next round
        throw e;
      }
    }
  }

  /**
   * Marks what the dead process left open as failed, and restarts it. {@code JobOperator.recover}
   * is not enough: it refuses the status UNKNOWN, which a process that was only paused may still
   * write.
   */
  private void recover(long id) {
    LOG.atWarn().addKeyValue("job", id).log("its process died; going on with it here");
    claims.abandon(id);
    JobExecution execution = execution(id);
    boolean wasStopping = execution.getStatus() == BatchStatus.STOPPING;
    for (StepExecution step : execution.getStepExecutions()) {
      if (step.getStatus().isRunning() || step.getStatus() == BatchStatus.UNKNOWN) {
        step.setStatus(BatchStatus.FAILED);
        step.setExitStatus(ExitStatus.FAILED.addExitDescription("its process died"));
        step.setEndTime(LocalDateTime.now(ZoneId.systemDefault()));
        repository.update(step);
      }
    }
    execution.setStatus(BatchStatus.FAILED);
    execution.setExitStatus(ExitStatus.FAILED.addExitDescription("its process died"));
    execution.setEndTime(LocalDateTime.now(ZoneId.systemDefault()));
    repository.update(execution);
    if (!wasStopping) {
      restart(id);
    }
    owners.forget(id);
  }

  private void sleepQuietly() {
    try {
      Thread.sleep(settings.poll()); // back-off while the database is away
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
