package org.transnormer.cleaning.work.batch;

import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.WorkState;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionResults;

/** Moves work through its states as its job begins and ends. */
public final class WorkListener
    implements JobExecutionListener, ApplicationListener<ContextClosedEvent> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkListener.class);

  private final Works works;
  private final PartitionResults partitions;
  private volatile boolean closing;

  WorkListener(Works works, PartitionResults partitions) {
    this.works = works;
    this.partitions = partitions;
  }

  /** What a closing process breaks off has not failed: the next process goes on with it. */
  @Override
  public void onApplicationEvent(ContextClosedEvent event) {
    closing = true;
  }

  @Override
  public void beforeJob(JobExecution execution) {
    Work work = require(execution);
    WorkState.Running running =
        switch (work.state()) {
          case WorkState.Queued queued -> queued.begin();
          case WorkState.Running taken -> taken.interrupt().begin();
          case WorkState.Stopping stopping -> stopping.stopped().restart().begin();
          case WorkState.Stopped stopped -> stopped.restart().begin();
          case WorkState.Failed failed -> failed.restart().begin();
          case WorkState.Succeeded _, WorkState.Abandoned _ ->
              throw new IllegalStateException(work.id() + " is over: " + work.state().label());
        };
    works.executing(work.id(), execution.getId());
    if (!works.move(work, running)) {
      throw new IllegalStateException(work.id() + " was changed while it began");
    }
  }

  @Override
  public void afterJob(JobExecution execution) {
    if (closing) {
      LOG.atInfo().addKeyValue("job", execution.getId()).log("broken off, to be gone on with");
      return;
    }
    settle(require(execution), execution);
  }

  /** Gives work the state that its ended job stands for. */
  void settle(Work work, JobExecution execution) {
    switch (execution.getStatus()) {
      case COMPLETED -> succeed(work);
      case STOPPED -> stop(work);
      default -> fail(work, reason(execution));
    }
  }

  private void succeed(Work work) {
    switch (work.state()) {
      case WorkState.Running running -> works.move(work, running.succeed());
      case WorkState.Stopping stopping -> works.move(work, stopping.succeed());
      default -> LOG.warn("{} succeeded while {}", work.id(), work.state().label());
    }
  }

  private void stop(Work work) {
    switch (work.state()) {
      case WorkState.Running running -> works.move(work, running.stop().stopped());
      case WorkState.Stopping stopping -> works.move(work, stopping.stopped());
      default -> LOG.warn("{} stopped while {}", work.id(), work.state().label());
    }
  }

  private void fail(Work work, String reason) {
    switch (work.state()) {
      case WorkState.Running running -> works.move(work, running.fail(reason));
      case WorkState.Stopping stopping -> works.move(work, stopping.fail(reason));
      default -> LOG.warn("{} failed while {}: {}", work.id(), work.state().label(), reason);
    }
  }

  /** Of a failed partition if there is one: its reason is closest to what happened. */
  private String reason(JobExecution execution) {
    List<Partition> failed =
        partitions.all(execution.getId()).stream()
            .filter(partition -> partition.state().equals("failed"))
            .sorted(Comparator.comparing(Partition::stepExecutionId))
            .toList();
    if (!failed.isEmpty()) {
      Partition first = failed.getFirst();
      String more = failed.size() == 1 ? "" : " (and %d more)".formatted(failed.size() - 1);
      return "%s %s: %s%s".formatted(first.step(), first.name(), first.reason(), more);
    }
    return execution.getAllFailureExceptions().stream()
        .map(WorkListener::message)
        .findFirst()
        .orElse("the job ended as " + execution.getExitStatus().getExitCode());
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }

  private Work require(JobExecution execution) {
    return works.find(WorkJobs.workId(execution.getJobParameters())).orElseThrow();
  }
}
