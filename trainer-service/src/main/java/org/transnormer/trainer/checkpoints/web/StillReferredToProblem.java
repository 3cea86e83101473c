package org.transnormer.trainer.checkpoints.web;

import java.util.Map;
import org.transnormer.support.problems.Problem;

/** Something depends on the checkpoint, so it stays. */
final class StillReferredToProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final String by;

  StillReferredToProblem(String checkpointId, String by) {
    super(
        409,
        "still-referred-to",
        "Still referred to",
        "checkpoint %s is referred to by %s".formatted(checkpointId, by));
    this.by = by;
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("referredToBy", by);
  }
}
