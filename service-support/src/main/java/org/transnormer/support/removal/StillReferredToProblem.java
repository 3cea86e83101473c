package org.transnormer.support.removal;

import java.util.List;
import java.util.Map;
import org.transnormer.support.problems.Problem;

/** Something depends on it, so it stays. */
public final class StillReferredToProblem extends Problem {
  private static final long serialVersionUID = 1L;

  private final transient List<String> referredToBy;

  StillReferredToProblem(Removal removal) {
    super(
        409,
        "still-referred-to",
        "Still referred to",
        "%s %s is referred to by %s"
            .formatted(removal.kind(), removal.id(), String.join(", ", removal.referredToBy())));
    this.referredToBy = removal.referredToBy();
  }

  @Override
  public Map<String, Object> properties() {
    return Map.of("referredToBy", referredToBy);
  }
}
