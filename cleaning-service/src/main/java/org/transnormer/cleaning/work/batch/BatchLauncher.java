package org.transnormer.cleaning.work.batch;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.transnormer.cleaning.work.LaunchWork;
import org.transnormer.cleaning.work.Work;
import org.transnormer.cleaning.work.WorkKind;
import org.transnormer.cleaning.work.WorkState;
import org.transnormer.cleaning.work.Works;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionSettings;

/**
 * Starts and stops the jobs behind work. The table says what ought to be; {@link #reconcile} closes
 * the gap that a crash leaves between the table and the jobs.
 */
final class BatchLauncher implements LaunchWork {

  private static final Logger LOG = LoggerFactory.getLogger(BatchLauncher.class);

  /** Longer than any regular step between a job's end and the note of it takes. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Works works;
  private final Map<WorkKind, Job> jobs;
  private final JobStarter starter;
  private final PartitionSettings settings;
  private final WorkListener listener;

  BatchLauncher(
      Works works,
      Map<WorkKind, Job> jobs,
      JobStarter starter,
      PartitionSettings settings,
      WorkListener listener) {
    this.works = works;
    this.jobs = jobs;
    this.starter = starter;
    this.settings = settings;
    this.listener = listener;
  }

  @Override
  public void launch(String id) {
    Work work = works.find(id).orElseThrow();
    if (settings.manages() && work.state() instanceof WorkState.Queued queued) {
      try {
        begin(work);
      } catch (IllegalStateException e) {
        // Another manager may have been faster; if nobody was, the work says why it cannot begin.
        LOG.atWarn().setCause(e).addKeyValue("work", id).log("cannot begin");
        works.move(work, queued.fail(String.valueOf(e.getMessage())));
      }
    }
  }

  private void begin(Work work) {
    Job job = jobs.get(work.kind());
    if (job == null) {
      throw new IllegalStateException("no job for " + work.kind().label());
    }
    if (work.execution().isEmpty()) {
      works.executing(work.id(), starter.start(job, WorkJobs.parameters(work.id())));
    } else {
      long newest = starter.newest(work.execution().getAsLong()).getId();
      works.executing(work.id(), starter.restart(newest));
    }
  }

  @Override
  public Work stop(String id) {
    return change(
        id,
        "stopped",
        state ->
            switch (state) {
              case WorkState.Queued queued -> queued.stop();
              case WorkState.Running running -> running.stop();
              default -> null;
            },
        this::stopJob);
  }

  private void stopJob(Work work) {
    if (work.state() instanceof WorkState.Stopping && work.execution().isPresent()) {
      try {
        starter.stop(starter.newest(work.execution().getAsLong()).getId());
      } catch (IllegalStateException e) {
        LOG.debug("{} ended before it could be stopped", work.id(), e);
      }
    }
  }

  @Override
  public Work restart(String id) {
    return change(
        id,
        "restarted",
        state ->
            switch (state) {
              case WorkState.Stopped stopped -> stopped.restart();
              case WorkState.Failed failed -> failed.restart();
              default -> null;
            },
        work -> launch(work.id()));
  }

  @Override
  public Work abandon(String id) {
    return change(
        id,
        "abandoned",
        state ->
            switch (state) {
              case WorkState.Stopped stopped -> stopped.abandon();
              case WorkState.Failed failed -> failed.abandon();
              default -> null;
            },
        work ->
            work.execution()
                .ifPresent(execution -> starter.abandon(starter.newest(execution).getId())));
  }

  private Work change(
      String id,
      String verb,
      Function<WorkState, @Nullable WorkState> transition,
      Consumer<Work> then) {
    Work before = works.find(id).orElseThrow();
    WorkState next = transition.apply(before.state());
    if (next == null || !works.move(before, next)) {
      throw new WrongStateException(verb, works.find(id).orElseThrow());
    }
    then.accept(works.find(id).orElseThrow());
    return works.find(id).orElseThrow();
  }

  /** Level-triggered: compares open work with its jobs and brings them together. */
  void reconcile() {
    if (!settings.manages()) {
      return;
    }
    for (Work work : works.open()) {
      try {
        reconcile(work);
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).addKeyValue("work", work.id()).log("cannot reconcile");
      }
    }
  }

  private void reconcile(Work work) {
    if (work.execution().isEmpty()) {
      if (work.state() instanceof WorkState.Queued && isOld(work)) {
        launch(work.id());
      }
      return;
    }
    JobExecution newest = starter.newest(work.execution().getAsLong());
    if (newest.isRunning() || !endedLongAgo(newest)) {
      return;
    }
    switch (work.state()) {
      case WorkState.Queued _ -> launch(work.id());
      case WorkState.Running running -> {
        if (newest.getStatus() == BatchStatus.COMPLETED) {
          listener.settle(work, newest);
        } else if (works.move(work, running.interrupt())) {
          launch(work.id());
        }
      }
      case WorkState.Stopping stopping -> {
        if (newest.getStatus() == BatchStatus.COMPLETED) {
          listener.settle(work, newest);
        } else {
          works.move(work, stopping.stopped());
        }
      }
      default -> {
        // at rest by now
      }
    }
  }

  private static boolean isOld(Work work) {
    return work.createdAt().plus(PATIENCE).isBefore(Instant.now());
  }

  private static boolean endedLongAgo(JobExecution execution) {
    LocalDateTime end = execution.getEndTime();
    return end == null || end.plus(PATIENCE).isBefore(LocalDateTime.now(ZoneId.systemDefault()));
  }
}
