package org.transnormer.trainer.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.launch.Action.AskToStop;
import org.transnormer.trainer.launch.Action.CreateGroup;
import org.transnormer.trainer.launch.Action.DeleteGroup;
import org.transnormer.trainer.launch.Action.LoseAttempt;
import org.transnormer.trainer.launch.Action.OpenAttempt;
import org.transnormer.trainer.launch.Action.Requeue;
import org.transnormer.trainer.launch.Action.Settle;
import org.transnormer.trainer.launch.Action.ShowWait;
import org.transnormer.trainer.progress.RunLog;
import org.transnormer.trainer.runs.Desired;
import org.transnormer.trainer.runs.RetryPolicy;
import org.transnormer.trainer.runs.RunAttempt;
import org.transnormer.trainer.runs.RunAttempt.Outcome;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunEvents;
import org.transnormer.trainer.runs.RunState;
import org.transnormer.trainer.runs.RunState.Ended;
import org.transnormer.trainer.runs.RunState.Live;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.RunState.Suspended;
import org.transnormer.trainer.runs.RunState.Waiting;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;
import org.transnormer.trainer.sql.Transactions;

/**
 * Carries a plan out. Each action looks again, under the run's lock, whether it still applies: a
 * plan may be old by the time it is applied, and a worker may have spoken meanwhile.
 */
final class ApplyActions {

  /** Kept on an attempt that broke. */
  private static final int TAIL_LINES = 50;

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final RunTokens tokens;
  private final ResumePoints resumePoints;
  private final Checkpoints checkpoints;
  private final RunLog log;
  private final RunEvents events;
  private final Transactions transactions;
  private final WorkerCluster cluster;
  private final RetryPolicy retries;
  private final Supplier<URI> controlUrl;

  ApplyActions(
      TrainingRuns runs,
      RunAttempts attempts,
      RunTokens tokens,
      ResumePoints resumePoints,
      Checkpoints checkpoints,
      RunLog log,
      RunEvents events,
      Transactions transactions,
      WorkerCluster cluster,
      RetryPolicy retries,
      Supplier<URI> controlUrl) {
    this.runs = runs;
    this.attempts = attempts;
    this.tokens = tokens;
    this.resumePoints = resumePoints;
    this.checkpoints = checkpoints;
    this.log = log;
    this.events = events;
    this.transactions = transactions;
    this.cluster = cluster;
    this.retries = retries;
    this.controlUrl = controlUrl;
  }

  void apply(Action action) {
    switch (action) {
      case OpenAttempt(String runId) -> open(runId);
      case CreateGroup(String runId, int attempt) -> create(runId, attempt);
      case DeleteGroup(String runId, int attempt, _) ->
          cluster.delete(GroupName.of(runId, attempt));
      case LoseAttempt(String runId, int attempt, String reason) -> lose(runId, attempt, reason);
      case AskToStop(String runId, Stop kind) -> askToStop(runId, kind);
      case Settle(String runId) -> settle(runId);
      case Requeue(String runId) -> requeue(runId);
      case ShowWait(String runId, String reason) -> show(runId, reason);
    }
  }

  private void open(String runId) {
    Optional<Checkpoint> resume;
    try {
      resume = resumePoints.newestGood(runId);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the checkpoints of run " + runId, e);
    }
    int attempt =
        transactions.call(() ->
            runs.lock(runId)
                .filter(run -> run.desired() == Desired.RUNNING)
                .filter(run -> run.state() instanceof Waiting)
                .map(run -> open(run, resume))
                .orElse(0));
    if (attempt > 0) {
      FailPoints.hit("trainer.launch.afterOpen");
      create(runId, attempt);
    }
  }

  private int open(TrainingRun run, Optional<Checkpoint> resume) {
    if (resume.isPresent() && checkpoints.hold(resume.get().id()).isEmpty()) {
      throw new IllegalStateException(
          "checkpoint %s was given up meanwhile".formatted(resume.get().id()));
    }
    if (!(run.state() instanceof Waiting waiting)) {
      throw new IllegalArgumentException("run %s does not wait".formatted(run.id()));
    }
    Starting starting = waiting.open();
    TrainingRun opened = run.fenced(starting, runs.now());
    attempts.open(
        new RunAttempt(
            run.id(),
            starting.attempt(),
            opened.epoch(),
            resume.map(Checkpoint::id),
            resume.map(Checkpoint::step).orElse(0L),
            runs.now(),
            Optional.empty(),
            Optional.empty(),
            "",
            List.of(),
            Optional.empty(),
            List.of()),
        run.spec().ranks());
    runs.save(opened.at(resume.map(Checkpoint::step).orElse(0L)));
    return starting.attempt();
  }

  private void create(String runId, int attempt) {
    Optional<GroupOrder> order =
        transactions.call(() ->
            runs.lock(runId)
                .filter(run ->
                    run.state() instanceof Starting starting && starting.attempt() == attempt)
                .map(run ->
                    new GroupOrder(
                        runId,
                        attempt,
                        tokens.issue(runId, attempt),
                        controlUrl.get(),
                        run.spec())));
    order.ifPresent(cluster::create);
  }

  private void lose(String runId, int attempt, String reason) {
    List<String> tail = logTail(runId, attempt);
    transactions.run(() -> {
      TrainingRun run = runs.lock(runId).orElseThrow();
      if (run.state() instanceof Live live && live.attempt() == attempt) {
        RunState next = live.lose(reason, retries, runs.now());
        TrainingRun changed = run.fenced(next, runs.now());
        attempts.end(runId, attempt, Outcome.LOST, reason, tail);
        runs.save(changed);
        if (next instanceof Ended) {
          events.ended(changed);
        }
      }
    });
  }

  /** What the group printed last, or else what it reported last. */
  private List<String> logTail(String runId, int attempt) {
    List<String> printed = cluster.logTail(GroupName.of(runId, attempt), TAIL_LINES);
    if (!printed.isEmpty()) {
      return printed;
    }
    return log.tail(runId, TAIL_LINES).stream()
        .filter(line -> line.attempt() == attempt)
        .map(RunLog.Line::text)
        .toList();
  }

  private void askToStop(String runId, Stop kind) {
    transactions.run(() -> {
      TrainingRun run = runs.lock(runId).orElseThrow();
      if (run.state() instanceof Live live) {
        attempts.stopAsked(runId, live.attempt());
        runs.save(run.in(live.stop(kind), runs.now()));
      }
    });
  }

  private void settle(String runId) {
    Optional<Integer> stopped = transactions.call(() -> settleLocked(runId));
    // what is left of a group that was never completed is in nobody's sight
    stopped.ifPresent(attempt -> cluster.delete(GroupName.of(runId, attempt)));
  }

  /** The attempt that has stopped, if one has. */
  private Optional<Integer> settleLocked(String runId) {
    TrainingRun run = runs.lock(runId).orElseThrow();
    RunState next =
        switch (run.state()) {
          case Waiting waiting when run.desired() == Desired.SUSPENDED -> waiting.suspend();
          case Waiting waiting when run.desired() == Desired.CANCELLED -> waiting.cancel();
          case Suspended suspended when run.desired() == Desired.CANCELLED -> suspended.cancel();
          case Stopping stopping -> stopping.settle();
          case RunState unchanged -> unchanged;
        };
    if (next.equals(run.state())) {
      return Optional.empty();
    }
    Optional<Integer> stopped = Optional.empty();
    if (run.state() instanceof Stopping stopping) {
      stopped = Optional.of(stopping.attempt());
      attempts.end(
          runId,
          stopping.attempt(),
          stopping.kind() == Stop.CANCEL ? Outcome.CANCELLED : Outcome.SUSPENDED,
          "taken down as asked",
          List.of());
    }
    TrainingRun changed = run.fenced(next, runs.now());
    runs.save(changed);
    if (next instanceof Ended) {
      events.ended(changed);
    }
    return stopped;
  }

  private void requeue(String runId) {
    transactions.run(() -> {
      TrainingRun run = runs.lock(runId).orElseThrow();
      if (run.state() instanceof Suspended suspended && run.desired() == Desired.RUNNING) {
        runs.save(run.in(suspended.resume(), runs.now()));
      }
    });
  }

  /** Shows a reason on the run, whatever state it is in. */
  void show(String runId, String reason) {
    transactions.run(() ->
        runs.lock(runId)
            .filter(run -> !run.waitsFor().equals(reason))
            .ifPresent(run -> runs.save(run.waiting(reason))));
  }
}
