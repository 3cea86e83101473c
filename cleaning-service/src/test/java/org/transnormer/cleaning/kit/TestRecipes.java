package org.transnormer.cleaning.kit;

import java.util.List;
import java.util.Map;

/** What tests do otherwise than the recipe "demo": everything smaller. */
public final class TestRecipes {
  private TestRecipes() {}

  public static Map<String, Object> withoutRounds() {
    return Map.of("rounds", List.of(), "heldOut", Map.of("share", 0.1, "seed", 1));
  }

  /** One round whose model learns a few steps. */
  public static Map<String, Object> withRound(boolean autoAccept) {
    return Map.of("rounds", List.of(round(autoAccept)), "heldOut", Map.of("share", 0.1, "seed", 1));
  }

  private static Map<String, Object> round(boolean autoAccept) {
    return Map.of(
        "evaluation",
        Map.ofEntries(
            Map.entry("vocabulary", 320),
            Map.entry("width", 32),
            Map.entry("layers", 1),
            Map.entry("heads", 2),
            Map.entry("gluWidth", 64),
            Map.entry("steps", 12),
            Map.entry("sequences", 4),
            Map.entry("sequenceLength", 64),
            Map.entry("learningRate", 0.01),
            Map.entry("seed", 1),
            Map.entry("window", 64),
            Map.entry("trainTokens", 20_000)),
        "cut",
        Map.of("lowestPercent", 0, "highestPercent", 8, "strata", "corpus", "minimum", 20),
        "review",
        Map.of("documents", 6, "bandPercent", 5, "autoAccept", autoAccept));
  }
}
