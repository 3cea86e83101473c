package org.transnormer.trainer.runs.web;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.WorkStatus;
import org.transnormer.trainer.progress.Point;
import org.transnormer.trainer.progress.RunMetrics.Summary;
import org.transnormer.trainer.runs.RunAttempt;
import org.transnormer.trainer.runs.RunDetails;
import org.transnormer.trainer.runs.RunSpec;
import org.transnormer.trainer.runs.RunState;
import org.transnormer.trainer.runs.RunState.Cancelled;
import org.transnormer.trainer.runs.RunState.Ended;
import org.transnormer.trainer.runs.RunState.Failed;
import org.transnormer.trainer.runs.RunState.Queued;
import org.transnormer.trainer.runs.RunState.Recovering;
import org.transnormer.trainer.runs.RunState.Running;
import org.transnormer.trainer.runs.RunState.Starting;
import org.transnormer.trainer.runs.RunState.Stopping;
import org.transnormer.trainer.runs.RunState.Succeeded;
import org.transnormer.trainer.runs.RunState.Suspended;
import org.transnormer.trainer.runs.SpecForm;
import org.transnormer.trainer.runs.SpecJson;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.worker.protocol.Metrics;
import tools.jackson.databind.json.JsonMapper;

/**
 * A training run.
 *
 * @param desired what people want: running, suspended or cancelled; absent once the run has ended
 * @param observed what is: queued, starting, running, recovering, stopping, suspended, succeeded,
 *     failed or cancelled
 * @param version goes up with every change of state
 * @param latest newest value of each metric
 * @param metrics keys under which values can be asked for
 * @param checkpoints how many can be used
 */
record RunView(
    String id,
    String name,
    String purpose,
    SpecForm spec,
    String specDigest,
    @Nullable String desired,
    String observed,
    long version,
    WorkStatus status,
    List<Attempt> attempts,
    @Nullable Latest latest,
    @Nullable First first,
    List<String> metrics,
    int checkpoints,
    @Nullable String bestCheckpointId,
    @Nullable String finalCheckpointId,
    @Nullable Failure failure,
    @Nullable String clonedFrom,
    String launchedBy,
    Instant createdAt) {

  /**
   * @param resumedFrom checkpoint
   * @param startStep of that checkpoint
   */
  record Attempt(
      int number,
      long epoch,
      @Nullable String resumedFrom,
      long startStep,
      Instant openedAt,
      @Nullable Instant endedAt,
      @Nullable String outcome,
      @Nullable String reason,
      List<Rank> ranks) {}

  /**
   * @param device what the rank computes on, in words; absent before it said so
   */
  record Rank(
      int rank,
      String state,
      long step,
      @Nullable String device,
      @Nullable Instant lastHeartbeatAt) {}

  record Latest(
      long step,
      @Nullable Double loss,
      @Nullable Double heldoutLoss,
      @Nullable Double tokensPerSecond,
      @Nullable Double gradNorm,
      @Nullable Double learningRate,
      @Nullable Long tokens) {}

  record First(long step, @Nullable Double loss) {}

  /**
   * @param logTail last lines of the attempt that failed
   */
  record Failure(String reason, List<String> logTail) {}

  static RunView of(RunDetails details) {
    TrainingRun run = details.run();
    return new RunView(
        run.id(),
        run.name(),
        RunSpec.word(run.purpose()),
        JsonMapper.shared().treeToValue(SpecJson.write(run.spec()), SpecForm.class),
        run.specDigest(),
        run.state() instanceof Ended ? null : RunSpec.word(run.desired()),
        run.state().label(),
        run.version(),
        status(details),
        details.attempts().stream().map(RunView::attempt).toList(),
        latest(details),
        first(details.metrics()),
        List.copyOf(new TreeSet<>(details.metrics().keySet())),
        details.checkpoints(),
        run.bestCheckpoint().orElse(null),
        run.finalCheckpoint().orElse(null),
        failure(details),
        run.clonedFrom().orElse(null),
        run.launchedBy(),
        run.createdAt());
  }

  private static WorkStatus status(RunDetails details) {
    TrainingRun run = details.run();
    long left = Math.max(0, run.spec().steps() - run.step());
    @Nullable Double rate = run.state() instanceof Running ? stepsPerSecond(details) : null;
    @Nullable Long eta = rate == null ? null : Long.valueOf((long) Math.ceil(left / rate));
    return new WorkStatus(
        common(run.state()),
        new WorkStatus.Progress(run.step(), run.spec().steps(), "steps", rate, eta),
        run.startedAt().orElse(null),
        run.endedAt().orElse(null),
        run.state().attempt(),
        reason(run));
  }

  /** In the few words that every long resource of the platform shares. */
  private static String common(RunState state) {
    return switch (state) {
      case Queued _ -> WorkStatus.QUEUED;
      case Starting _, Running _, Recovering _, Stopping _ -> WorkStatus.RUNNING;
      case Suspended _ -> "suspended";
      case Succeeded _ -> WorkStatus.SUCCEEDED;
      case Failed _ -> WorkStatus.FAILED;
      case Cancelled _ -> WorkStatus.CANCELLED;
    };
  }

  private static @Nullable String reason(TrainingRun run) {
    String reason =
        switch (run.state()) {
          case Failed failed -> failed.reason();
          case Recovering recovering -> recovering.reason();
          case Queued _, Starting _, Running _, Stopping _, Suspended _, Succeeded _, Cancelled _ ->
              run.waitsFor();
        };
    return reason.isEmpty() ? null : reason;
  }

  private static @Nullable Double stepsPerSecond(RunDetails details) {
    @Nullable Double tokens = value(details.metrics(), Metrics.TOKENS_PER_SECOND);
    return tokens == null || !(tokens > 0)
        ? null
        : Double.valueOf(tokens / details.run().spec().training().batch().tokens());
  }

  private static Attempt attempt(RunAttempt attempt) {
    return new Attempt(
        attempt.number(),
        attempt.epoch(),
        attempt.resumedFrom().orElse(null),
        attempt.startStep(),
        attempt.openedAt(),
        attempt.endedAt().orElse(null),
        attempt.outcome().map(RunSpec::word).orElse(null),
        attempt.reason().isEmpty() ? null : attempt.reason(),
        attempt.ranks().stream()
            .map(rank ->
                new Rank(
                    rank.number(),
                    rank.state(),
                    rank.step(),
                    rank.device().orElse(null),
                    rank.lastBeat().orElse(null)))
            .toList());
  }

  private static @Nullable Latest latest(RunDetails details) {
    Map<String, Summary> metrics = details.metrics();
    @Nullable Summary loss = metrics.get(Metrics.LOSS);
    if (loss == null) {
      return null;
    }
    @Nullable Double tokens = value(metrics, Metrics.TOKENS);
    return new Latest(
        loss.last().step(),
        finite(loss.last().value()),
        value(metrics, Metrics.HELDOUT_LOSS),
        value(metrics, Metrics.TOKENS_PER_SECOND),
        value(metrics, Metrics.GRADIENT_NORM),
        value(metrics, Metrics.LEARNING_RATE),
        tokens == null ? null : Long.valueOf(tokens.longValue()));
  }

  private static @Nullable First first(Map<String, Summary> metrics) {
    @Nullable Summary loss = metrics.get(Metrics.LOSS);
    if (loss == null) {
      return null;
    }
    Point point = loss.first();
    return new First(point.step(), finite(point.value()));
  }

  private static @Nullable Double value(Map<String, Summary> metrics, String key) {
    @Nullable Summary summary = metrics.get(key);
    return summary == null ? null : finite(summary.last().value());
  }

  /** JSON has no other numbers. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? Double.valueOf(value) : null;
  }

  private static @Nullable Failure failure(RunDetails details) {
    if (!(details.run().state() instanceof Failed(var _, String reason))) {
      return null;
    }
    List<String> tail =
        details.attempts().isEmpty() ? List.of() : details.attempts().getLast().logTail();
    return new Failure(reason, tail);
  }
}
