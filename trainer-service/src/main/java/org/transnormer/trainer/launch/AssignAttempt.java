package org.transnormer.trainer.launch;

import java.util.Optional;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.runs.RunAttempt;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunState.Live;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;

/** Tells a worker what to do. */
public final class AssignAttempt {

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final Checkpoints checkpoints;

  public AssignAttempt(TrainingRuns runs, RunAttempts attempts, Checkpoints checkpoints) {
    this.runs = runs;
    this.attempts = attempts;
    this.checkpoints = checkpoints;
  }

  /**
   * @param resumeFrom empty for a run that begins at its first step
   */
  public record Assigned(TrainingRun run, RunAttempt attempt, Optional<Checkpoint> resumeFrom) {}

  /**
   * @throws StaleAttemptException when the attempt is over
   */
  public Assigned assign(String runId, int number) {
    TrainingRun run =
        runs.find(runId).orElseThrow(() -> new UnknownAttemptException("no run " + runId));
    RunAttempt attempt =
        attempts
            .find(runId, number)
            .orElseThrow(() ->
                new UnknownAttemptException("run %s has no attempt %d".formatted(runId, number)));
    if (!(run.state() instanceof Live live)
        || live.attempt() != number
        || run.epoch() != attempt.epoch()) {
      throw new StaleAttemptException("attempt %d of run %s is over".formatted(number, runId));
    }
    Optional<Checkpoint> resume = attempt.resumedFrom().flatMap(checkpoints::find);
    return new Assigned(run, attempt, resume);
  }
}
