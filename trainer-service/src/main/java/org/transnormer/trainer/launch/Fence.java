package org.transnormer.trainer.launch;

import org.transnormer.trainer.runs.RunState.Live;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;

/** Lets pass only whoever works for the newest epoch of a run that still lives. */
final class Fence {

  private final TrainingRuns runs;

  Fence(TrainingRuns runs) {
    this.runs = runs;
  }

  /** A locked run and its state, which is live. */
  record Passed(TrainingRun run, Live state) {}

  /**
   * Locks the run, so that the epoch stays current until the transaction ends.
   *
   * @throws StaleAttemptException for any but the current attempt and epoch of a live run
   */
  Passed pass(String runId, int attempt, long epoch) {
    TrainingRun run =
        runs.lock(runId).orElseThrow(() -> new UnknownAttemptException("no run " + runId));
    if (run.state() instanceof Live live && live.attempt() == attempt && run.epoch() == epoch) {
      return new Passed(run, live);
    }
    throw new StaleAttemptException(
        "run %s is %s in attempt %d, epoch %d; attempt %d, epoch %d is over"
            .formatted(
                runId, run.state().label(), run.state().attempt(), run.epoch(), attempt, epoch));
  }
}
