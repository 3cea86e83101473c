package org.transnormer.model.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Seconds of one piece of work, many times over. */
final class Stopwatch {

  private final List<Double> seconds = new ArrayList<>();

  void time(Runnable work) {
    long started = System.nanoTime();
    work.run();
    seconds.add((System.nanoTime() - started) * 1e-9);
  }

  /** The least of them: other work on the machine only ever adds. */
  double best() {
    return seconds.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
  }

  double median() {
    List<Double> sorted = seconds.stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
  }

  int rounds() {
    return seconds.size();
  }

  /** What {@code amount} in the best and in the median time comes to, in a unit a second. */
  String rate(double amount, String unit) {
    return String.format(
        Locale.ROOT, "%,.1f %s (median %,.1f)", amount / best(), unit, amount / median());
  }
}
