package org.transnormer.cleaning.decide;

import java.io.IOException;
import java.util.Map;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.sidecar.CorpusSidecars;

/** What other limits would keep and drop. Reads sidecars only, changes nothing. */
public final class WhatIf {
  private WhatIf() {}

  /**
   * Documents that the other limits let in and that no model has scored stay and are counted as
   * unscored.
   *
   * @param limits by rule
   */
  public static Counts evaluate(
      Recipe recipe,
      Map<String, Double> limits,
      CorpusSidecars corpus,
      int scoredRounds,
      ReviewDecisions review)
      throws IOException {
    try (Decisions decisions =
        Decisions.prepare(recipe.withLimits(limits), corpus, scoredRounds, review)) {
      return decisions.counts();
    }
  }
}
