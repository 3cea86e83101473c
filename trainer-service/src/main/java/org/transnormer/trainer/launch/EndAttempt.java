package org.transnormer.trainer.launch;

import java.util.List;
import java.util.Optional;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoints;
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
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;
import org.transnormer.trainer.sql.Transactions;

/** Takes the last word of an attempt and moves its run on. */
public final class EndAttempt {

  /** A reason that starts so names a fault of the checkpoint, not of the run. */
  private static final String CORRUPT_CHECKPOINT = "corrupt-checkpoint";

  /** And one that starts so, a fault that another attempt may not meet. */
  private static final String CRASHED = "crashed";

  private static final int TAIL_LINES = 50;

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final Checkpoints checkpoints;
  private final RunLog log;
  private final RunEvents events;
  private final Fence fence;
  private final Transactions transactions;
  private final RetryPolicy retries;
  private final Runnable wakeUp;

  public EndAttempt(
      TrainingRuns runs,
      RunAttempts attempts,
      Checkpoints checkpoints,
      RunLog log,
      RunEvents events,
      Transactions transactions,
      RetryPolicy retries,
      Runnable wakeUp) {
    this.runs = runs;
    this.attempts = attempts;
    this.checkpoints = checkpoints;
    this.log = log;
    this.events = events;
    this.fence = new Fence(runs);
    this.transactions = transactions;
    this.retries = retries;
    this.wakeUp = wakeUp;
  }

  /**
   * Saying it again changes nothing.
   *
   * @param lastCheckpoint prefix of the last one that the attempt committed
   * @throws StaleAttemptException when the run has moved on without this attempt
   */
  public void end(
      String runId,
      int attempt,
      long epoch,
      Outcome outcome,
      String reason,
      Optional<String> lastCheckpoint) {
    transactions.run(() -> {
      if (saidBefore(runId, attempt, epoch, outcome)) {
        return;
      }
      Fence.Passed passed = fence.pass(runId, attempt, epoch);
      RunState next = next(passed, attempt, outcome, reason, lastCheckpoint);
      TrainingRun changed = passed.run().fenced(next, runs.now());
      if (next instanceof RunState.Succeeded) {
        changed = named(changed, lastCheckpoint.orElse(""));
      }
      attempts.end(runId, attempt, outcome, reason, tail(runId, attempt, outcome));
      runs.save(changed);
      if (next instanceof Ended) {
        events.ended(changed);
      }
    });
    wakeUp.run();
  }

  private boolean saidBefore(String runId, int attempt, long epoch, Outcome outcome) {
    return attempts
        .find(runId, attempt)
        .filter(said -> said.epoch() == epoch && said.outcome().equals(Optional.of(outcome)))
        .isPresent();
  }

  private RunState next(
      Fence.Passed passed,
      int attempt,
      Outcome outcome,
      String reason,
      Optional<String> lastCheckpoint) {
    Live state = passed.state();
    return switch (outcome) {
      case SUCCEEDED ->
          lastCheckpoint.flatMap(checkpoints::findByPrefix).filter(Checkpoint::usable).isPresent()
              ? state.succeed()
              : lose(state, "the worker reported success without a committed checkpoint");
      case FAILED -> {
        if (reason.startsWith(CORRUPT_CHECKPOINT)) {
          attempts
              .find(passed.run().id(), attempt)
              .flatMap(RunAttempt::resumedFrom)
              .ifPresent(id -> checkpoints.markCorrupt(id, reason));
          yield lose(state, reason);
        }
        if (reason.startsWith(CRASHED)) {
          yield lose(state, reason);
        }
        yield state.fail(reason.isEmpty() ? "the worker failed without a reason" : reason);
      }
      case CANCELLED, SUSPENDED ->
          asked(passed.run(), state)
              .map(Stopping::settle)
              .orElseGet(() -> lose(state, "the worker was stopped from outside: " + reason));
      case LOST -> lose(state, reason);
    };
  }

  private RunState lose(Live state, String reason) {
    return state.lose(reason, retries, runs.now());
  }

  /** The state that the reconciler would have put the run into, had it come to it. */
  private static Optional<Stopping> asked(TrainingRun run, Live state) {
    if (state instanceof Stopping stopping) {
      return Optional.of(
          run.desired() == Desired.CANCELLED ? stopping.stop(Stop.CANCEL) : stopping);
    }
    return switch (run.desired()) {
      case RUNNING -> Optional.empty();
      case SUSPENDED -> Optional.of(state.stop(Stop.SUSPEND));
      case CANCELLED -> Optional.of(state.stop(Stop.CANCEL));
    };
  }

  /** Without a held-out loss the final checkpoint is the best that is known. */
  private TrainingRun named(TrainingRun run, String lastCheckpoint) {
    Optional<String> last = checkpoints.findByPrefix(lastCheckpoint).map(Checkpoint::id);
    return run.withCheckpoints(run.bestCheckpoint().or(() -> last), last).at(run.spec().steps());
  }

  private List<String> tail(String runId, int attempt, Outcome outcome) {
    return outcome == Outcome.FAILED
        ? log.tail(runId, TAIL_LINES).stream()
            .filter(line -> line.attempt() == attempt)
            .map(RunLog.Line::text)
            .toList()
        : List.of();
  }
}
