package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.util.Set;
import org.transnormer.cleaning.rules.RuleCatalogue;

/** The measured values of a shard's documents, one rule at a time. */
public final class RuleColumns implements AutoCloseable {
  private final SidecarReader reader;

  RuleColumns(SidecarReader reader) {
    this.reader = reader;
  }

  /**
   * @param languages that the recipe keeps; only the rule on languages asks
   */
  public double[] values(String rule, Set<String> languages) throws IOException {
    return rule.equals(RuleCatalogue.LANGUAGE) ? confidence(languages) : reader.doubles(rule);
  }

  /** How sure it is that a text is in a kept language; 0 if another one is likelier. */
  private double[] confidence(Set<String> languages) throws IOException {
    double[] values = reader.doubles(AttributeWriter.CONFIDENCE);
    String[] codes = reader.labels(AttributeWriter.LANGUAGE);
    for (int i = 0; i < values.length; i++) {
      if (!languages.isEmpty() && !languages.contains(codes[i])) {
        values[i] = 0;
      }
    }
    return values;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
