package org.transnormer.trainer.checkpoints.web;

import org.transnormer.support.problems.Problem;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;

/** The detail names the file at fault. */
final class CheckpointRefusedProblem extends Problem {

  private static final long serialVersionUID = 1L;

  CheckpointRefusedProblem(UnusableCheckpointException e) {
    super(422, "checkpoint-refused", "Checkpoint refused", String.valueOf(e.getMessage()), e);
  }
}
