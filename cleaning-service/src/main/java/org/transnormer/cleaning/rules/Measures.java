package org.transnormer.cleaning.rules;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.cleaning.text.DocumentText;

/**
 * Measures every rule for every document, whatever the first that fails. Not thread-safe: one per
 * thread.
 */
public final class Measures {
  private final List<MeasureFamily> families = families();
  private final int width = rules().size();

  private static List<MeasureFamily> families() {
    return List.of(
        new BasicMeasures(),
        new GopherRepetition(),
        new GopherQuality(),
        new C4Lines(),
        new FineWebQuality());
  }

  /** Rules in the order of {@link #measure}'s values; the rule on languages is measured apart. */
  public static List<Rule> rules() {
    List<Rule> rules = new ArrayList<>();
    families().forEach(family -> rules.addAll(family.rules()));
    return List.copyOf(rules);
  }

  public double[] measure(DocumentText text) {
    double[] values = new double[width];
    int offset = 0;
    for (MeasureFamily family : families) {
      family.measure(text, values, offset);
      offset += family.rules().size();
    }
    return values;
  }
}
