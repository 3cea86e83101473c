package org.transnormer.corpus.retention;

import java.util.Map;
import org.transnormer.support.problems.Problem;

/** Something depends on it, so it stays. */
public final class StillReferredToProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final transient Removal removal;

  StillReferredToProblem(Removal removal) {
    super(
        409,
        "still-referred-to",
        "Still referred to",
        "the %s is in use by %d snapshots and %d running ingestions"
            .formatted(removal.kind(), removal.snapshots().size(), removal.ingestions().size()));
    this.removal = removal;
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("snapshots", removal.snapshots(), "ingestions", removal.ingestions());
  }
}
