package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.transnormer.model.cli.verify.Comparison.Measure;

/** Gathers comparisons with one file of reference tensors; what the file lacks is passed over. */
final class Ledger {

  private final GoldenFile golden;
  private final List<Comparison> comparisons = new ArrayList<>();

  Ledger(GoldenFile golden) {
    this.golden = golden;
  }

  /** max |a - b| / max |b| over the tensor. */
  void relative(String name, float[] actual, double tolerance) throws IOException {
    relative(name, name, actual, tolerance);
  }

  /**
   * @param label what was computed, where the same tensor is compared more than once
   */
  void relative(String label, String name, float[] actual, double tolerance) throws IOException {
    compare(label, name, Measure.RELATIVE, actual, tolerance, Measures::relative);
  }

  /** The same, row by row. */
  void byRow(String name, float[] actual, int columns, double tolerance) throws IOException {
    compare(
        name,
        name,
        Measure.RELATIVE_BY_ROW,
        actual,
        tolerance,
        (a, b) -> Measures.relativeByRow(a, b, columns));
  }

  void absolute(String label, String name, float[] actual, double tolerance) throws IOException {
    compare(label, name, Measure.ABSOLUTE, actual, tolerance, Measures::absolute);
  }

  /** Every number within a tolerance of its own size. */
  void absolute(String label, String name, double[] actual, double tolerance) throws IOException {
    if (golden.has(name)) {
      double[] expected = golden.doubles(name);
      if (expected.length != actual.length) {
        add(Comparison.impossible(label, sizes(actual.length, expected.length)));
        return;
      }
      add(
          new Comparison(
              label, Measure.ABSOLUTE, Measures.absolute(actual, expected), tolerance, ""));
    }
  }

  private interface Distance {
    double between(double[] actual, double[] expected);
  }

  private void compare(
      String label,
      String name,
      Measure measure,
      float[] actual,
      double tolerance,
      Distance distance)
      throws IOException {
    if (!golden.has(name)) {
      return;
    }
    double[] expected = golden.doubles(name);
    if (expected.length != actual.length) {
      add(Comparison.impossible(label, sizes(actual.length, expected.length)));
      return;
    }
    double error = distance.between(Measures.doubles(actual), expected);
    add(new Comparison(label, measure, error, tolerance, ""));
  }

  private static String sizes(int actual, int expected) {
    return "has %d numbers, computed are %d".formatted(expected, actual);
  }

  /** How many entries differ; none may. */
  void same(String label, int[] actual, int[] expected) {
    if (actual.length != expected.length) {
      add(Comparison.impossible(label, sizes(actual.length, expected.length)));
      return;
    }
    long different = 0;
    for (int i = 0; i < actual.length; i++) {
      different += actual[i] == expected[i] ? 0 : 1;
    }
    add(new Comparison(label, Measure.DIFFERENT, different, 0, ""));
  }

  void add(Comparison comparison) {
    comparisons.add(comparison);
  }

  /**
   * @param inputs of the file that are read but compared with nothing
   */
  Outcome outcome(String... inputs) {
    List<String> unknown = new ArrayList<>(golden.unused());
    unknown.removeAll(Arrays.asList(inputs));
    return comparisons.isEmpty()
        ? new Outcome.Unreadable("holds nothing to compare with")
        : new Outcome.Compared(comparisons, unknown);
  }
}
