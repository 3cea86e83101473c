package org.transnormer.worker;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.model.train.DivergedException;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.worker.CheckpointCommitter.Losses;
import org.transnormer.worker.protocol.EndReport.Outcome;
import org.transnormer.worker.protocol.FailureCode;
import org.transnormer.worker.protocol.Metrics;
import org.transnormer.worker.protocol.WorkerState;

/**
 * Step after step until all are done or somebody wants something else. What is measured and saved
 * at a step depends on the step's number alone, so that a resumed run measures and saves the same.
 */
final class TrainingLoop {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingLoop.class);

  /** Seconds between two lines of the log about progress. */
  private static final double LOG_PERIOD = 10;

  private final TrainingSession session;
  private final TrainingSpec spec;
  private final RankGroup group;
  private final TrainerLink link;
  private final CheckpointCommitter checkpoints;
  private final Termination termination;

  private @Nullable Double trainLoss;
  private @Nullable Double heldoutLoss;
  private long heldoutStep = -1;
  private long loggedAt = System.nanoTime();

  /**
   * How an attempt ended.
   *
   * @param finalCheckpoint key prefix of the last checkpoint that was committed
   */
  record Ending(Outcome outcome, String reason, long step, @Nullable String finalCheckpoint) {

    static Ending of(Outcome outcome, String reason) {
      return new Ending(outcome, reason, 0, null);
    }

    static Ending failed(String reason) {
      return of(Outcome.FAILED, reason);
    }

    /** Whether another attempt would meet the same; then whichever rank met it says so. */
    boolean isFinal() {
      return outcome == Outcome.FAILED && !reason.startsWith(FailureCode.CRASHED.code());
    }

    Ending with(long newStep, @Nullable String checkpoint) {
      return new Ending(outcome, reason, newStep, checkpoint);
    }
  }

  TrainingLoop(
      TrainingSession session,
      RankGroup group,
      TrainerLink link,
      CheckpointCommitter checkpoints,
      Termination termination) {
    this.session = session;
    this.spec = session.spec();
    this.group = group;
    this.link = link;
    this.checkpoints = checkpoints;
    this.termination = termination;
  }

  /**
   * @throws DivergedException when the numbers make no sense any more
   * @throws LeaveException when the trainer wants nothing more of this attempt
   */
  Ending run() {
    link.at(WorkerState.TRAINING, session.stepsDone());
    while (!session.finished()) {
      link.requireCurrent();
      switch (wish()) {
        case CONTINUE -> {
          FailPoints.hit("worker.step");
          step();
        }
        case END -> {
          return suspended("the operating system asked the worker to end");
        }
        case SUSPEND -> {
          return suspended("");
        }
        case CANCEL -> {
          return Ending.of(Outcome.CANCELLED, "");
        }
      }
    }
    return finished();
  }

  /** What somebody wants; of several, the last counts. */
  private enum Wish {
    CONTINUE,
    END,
    SUSPEND,
    CANCEL
  }

  /** The same on every rank, whoever was told. */
  private Wish wish() {
    Wish own =
        switch (link.directive()) {
          case STOP -> Wish.CANCEL;
          case CHECKPOINT_AND_STOP -> Wish.SUSPEND;
          case CONTINUE -> termination.requested() ? Wish.END : Wish.CONTINUE;
        };
    return Wish.values()[group.most(own.ordinal())];
  }

  private void step() {
    StepReport report = session.step();
    trainLoss = report.loss();
    long step = report.step();
    link.at(WorkerState.TRAINING, step);
    link.metric(Metrics.LOSS, step, report.loss());
    link.metric(Metrics.GRADIENT_NORM, step, report.gradNorm());
    link.metric(Metrics.LEARNING_RATE, step, report.learningRate());
    link.metric(Metrics.TOKENS_PER_SECOND, step, report.tokensPerSecond());
    link.metric(Metrics.TOKENS, step, (double) step * spec.batch().tokens());
    log(report);
    if (due(step, spec.evaluation().everySteps())) {
      evaluate();
    }
    if (due(step, spec.checkpoints().everySteps()) && !session.finished()) {
      save();
    }
    checkpoints.tryCommit();
  }

  private static boolean due(long step, long every) {
    return every > 0 && step % every == 0;
  }

  private void log(StepReport report) {
    long now = System.nanoTime();
    if (report.step() == 1 || session.finished() || (now - loggedAt) * 1e-9 > LOG_PERIOD) {
      loggedAt = now;
      LOG.info(
          "step {} of {}: loss {}, {} tokens/s",
          report.step(),
          spec.steps(),
          "%.4f".formatted(report.loss()),
          "%.0f".formatted(report.tokensPerSecond()));
    }
  }

  private void evaluate() {
    if (!session.hasHeldout() || heldoutStep == session.stepsDone()) {
      return;
    }
    link.at(WorkerState.EVALUATING, session.stepsDone());
    double loss = session.evaluate();
    if (!Double.isFinite(loss)) {
      throw new DivergedException(session.stepsDone(), "the held-out loss is " + loss);
    }
    heldoutLoss = loss;
    heldoutStep = session.stepsDone();
    link.metric(Metrics.HELDOUT_LOSS, heldoutStep, loss);
    link.at(WorkerState.TRAINING, heldoutStep);
  }

  /** A checkpoint that can be compared with others, where held-out losses are wanted at all. */
  private void save() {
    if (spec.evaluation().everySteps() > 0) {
      evaluate();
    }
    link.at(WorkerState.CHECKPOINTING, session.stepsDone());
    Double heldout = heldoutStep == session.stepsDone() ? heldoutLoss : null;
    checkpoints.write(session, new Losses(trainLoss, heldout));
    checkpoints.tryCommit();
    link.at(WorkerState.TRAINING, session.stepsDone());
  }

  private Ending suspended(String reason) {
    link.at(WorkerState.STOPPING, session.stepsDone());
    if (trainLoss != null && checkpoints.lastWritten() < session.stepsDone()) {
      checkpoints.write(session, new Losses(trainLoss, null));
    }
    return Ending.of(Outcome.SUSPENDED, reason);
  }

  private Ending finished() {
    evaluate();
    if (checkpoints.lastWritten() < session.stepsDone()) {
      Double heldout = heldoutStep == session.stepsDone() ? heldoutLoss : null;
      checkpoints.write(session, new Losses(trainLoss, heldout));
    }
    return Ending.of(Outcome.SUCCEEDED, "");
  }
}
