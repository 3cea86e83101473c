package org.transnormer.trainer.launch;

import java.time.Duration;
import java.util.List;
import org.transnormer.trainer.progress.Measurement;
import org.transnormer.trainer.progress.RunLog;
import org.transnormer.trainer.progress.RunMetrics;
import org.transnormer.trainer.runs.Desired;
import org.transnormer.trainer.runs.RunAttempt;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunState.Live;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stop;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;
import org.transnormer.trainer.sql.Transactions;

/** Takes what workers report while they work. */
public final class HearWorker {

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final RunMetrics metrics;
  private final RunLog log;
  private final Fence fence;
  private final Transactions transactions;
  private final Duration lease;
  private final Duration othersFirst;

  /**
   * @param othersFirst how long other ranks may take to speak, once one has
   */
  public HearWorker(
      TrainingRuns runs,
      RunAttempts attempts,
      RunMetrics metrics,
      RunLog log,
      Transactions transactions,
      Duration lease,
      Duration othersFirst) {
    this.runs = runs;
    this.attempts = attempts;
    this.metrics = metrics;
    this.log = log;
    this.fence = new Fence(runs);
    this.transactions = transactions;
    this.lease = lease;
    this.othersFirst = othersFirst;
  }

  /** What a worker is to do next. */
  public enum Order {
    GO_ON,
    STOP,
    SAVE_AND_STOP
  }

  /** Renews the lease of a rank. */
  public Order heartbeat(String runId, int attempt, long epoch, RunAttempts.Beat beat) {
    return transactions.call(() -> {
      Fence.Passed passed = fence.pass(runId, attempt, epoch);
      TrainingRun run = passed.run();
      if (beat.rank() < 0 || beat.rank() >= run.spec().ranks()) {
        throw new UnknownAttemptException("run %s has no rank %d".formatted(runId, beat.rank()));
      }
      attempts.beat(runId, attempt, beat, lease, othersFirst);
      TrainingRun heard = run;
      if (passed.state() instanceof Starting starting) {
        heard = heard.in(starting.beat(), runs.now()).started(runs.now());
      }
      if (beat.rank() == 0 && beat.step() > heard.step()) {
        heard = heard.at(beat.step());
      }
      if (!heard.equals(run)) {
        runs.save(heard);
      }
      return order(run.desired(), passed.state());
    });
  }

  /** What people want counts at once; the state follows when the reconciler has seen it. */
  private static Order order(Desired desired, Live state) {
    if (state instanceof Stopping stopping) {
      return stopping.kind() == Stop.CANCEL || desired == Desired.CANCELLED
          ? Order.STOP
          : Order.SAVE_AND_STOP;
    }
    return switch (desired) {
      case RUNNING -> Order.GO_ON;
      case SUSPENDED -> Order.SAVE_AND_STOP;
      case CANCELLED -> Order.STOP;
    };
  }

  public void measured(String runId, int attempt, long epoch, List<Measurement> measurements) {
    transactions.run(() -> {
      fence.pass(runId, attempt, epoch);
      attempts.alive(runId, attempt, lease);
      metrics.add(runId, attempt, measurements);
    });
  }

  /** Last words are welcome even of an attempt that is over. */
  public void wrote(String runId, int attempt, long epoch, List<RunLog.Line> lines) {
    long current =
        attempts
            .find(runId, attempt)
            .map(RunAttempt::epoch)
            .orElseThrow(() ->
                new UnknownAttemptException("run %s has no attempt %d".formatted(runId, attempt)));
    if (current != epoch) {
      throw new StaleAttemptException(
          "attempt %d of run %s has epoch %d, not %d".formatted(attempt, runId, current, epoch));
    }
    transactions.run(() -> log.add(runId, lines));
  }
}
