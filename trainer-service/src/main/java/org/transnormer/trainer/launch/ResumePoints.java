package org.transnormer.trainer.launch;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.CheckpointFiles;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;

/** Finds where a run goes on: its newest checkpoint of which every byte is as it was written. */
final class ResumePoints {

  private static final Logger LOG = System.getLogger(ResumePoints.class.getName());

  private final Checkpoints checkpoints;
  private final CheckpointFiles files;

  ResumePoints(Checkpoints checkpoints, CheckpointFiles files) {
    this.checkpoints = checkpoints;
    this.files = files;
  }

  /** Empty when the run must begin at its first step. A damaged checkpoint is marked and passed. */
  Optional<Checkpoint> newestGood(String runId) throws IOException {
    for (Checkpoint checkpoint : checkpoints.usableOf(runId)) {
      try {
        files.verify(checkpoint.prefix(), checkpoint.manifestDigest());
        return Optional.of(checkpoint);
      } catch (UnusableCheckpointException e) {
        LOG.log(
            Level.WARNING,
            "run {0} does not go on from checkpoint {1}: {2}",
            runId,
            checkpoint.id(),
            e.getMessage());
        checkpoints.markCorrupt(checkpoint.id(), String.valueOf(e.getMessage()));
      }
    }
    return Optional.empty();
  }
}
