package org.transnormer.cleaning.decide;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.recipe.RuleLimit;
import org.transnormer.cleaning.rules.Rule;
import org.transnormer.cleaning.rules.RuleCatalogue;
import org.transnormer.cleaning.sidecar.RuleColumns;
import org.transnormer.cleaning.sidecar.ShardSidecars;

/**
 * The first rule of a recipe that each document of a shard fails. One column is in memory at a
 * time.
 *
 * @param failing index into the recipe's rules, or {@link #NONE}, or {@link #FAILED}
 * @param values what the failing rule measured
 */
record RuleVerdicts(int[] failing, double[] values, String[] failures) {
  static final int NONE = -1;

  /** The document could not be measured. */
  static final int FAILED = -2;

  static RuleVerdicts of(Recipe recipe, ShardSidecars shard) throws IOException {
    int documents = shard.documents();
    int[] failing = new int[documents];
    double[] values = new double[documents];
    String[] failures = shard.failures();
    Arrays.setAll(failing, i -> failures[i].isEmpty() ? NONE : FAILED);
    RuleCatalogue catalogue = RuleCatalogue.of(recipe.profile());
    List<RuleLimit> rules = recipe.rules();
    try (RuleColumns columns = shard.rules()) {
      for (int index = 0; index < rules.size(); index++) {
        RuleLimit applied = rules.get(index);
        Rule rule = catalogue.find(applied.rule()).orElseThrow();
        double[] column = columns.values(rule.name(), recipe.languages());
        for (int ordinal = 0; ordinal < documents; ordinal++) {
          if (failing[ordinal] == NONE && !rule.passes(column[ordinal], applied.limit())) {
            failing[ordinal] = index;
            values[ordinal] = column[ordinal];
          }
        }
      }
    }
    return new RuleVerdicts(failing, values, failures);
  }

  boolean passes(int ordinal) {
    return failing[ordinal] == NONE;
  }
}
