package org.transnormer.model.train;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Notices that a run's numbers stopped making sense: a loss or gradient that is no number, or a
 * mean loss over the latest steps far above the best mean before it.
 */
final class DivergenceWatch {

  /** Steps that a mean is over. */
  private static final int WINDOW = 16;

  /** Nats above the best mean that count as diverged. */
  private static final double RISE = 2.0;

  private final Deque<Double> latest = new ArrayDeque<>();
  private double best = Double.POSITIVE_INFINITY;

  /** Everything that later answers depend on; part of a checkpoint. */
  record Memory(List<Double> latest, double best) {}

  Memory memory() {
    return new Memory(List.copyOf(latest), best);
  }

  static DivergenceWatch of(Memory memory) {
    DivergenceWatch watch = new DivergenceWatch();
    watch.latest.addAll(memory.latest);
    watch.best = memory.best;
    return watch;
  }

  /** The reason to stop, if there is one. */
  Optional<String> observe(double loss, double gradNorm) {
    if (!Double.isFinite(loss)) {
      return Optional.of("the loss is " + loss);
    }
    if (!Double.isFinite(gradNorm)) {
      return Optional.of("the gradient norm is " + gradNorm);
    }
    latest.addLast(loss);
    if (latest.size() < WINDOW) {
      return Optional.empty();
    }
    if (latest.size() > WINDOW) {
      latest.removeFirst();
    }
    double mean = latest.stream().mapToDouble(Double::doubleValue).sum() / WINDOW;
    if (mean > best + RISE) {
      return Optional.of(
          "the mean loss of %d steps rose from %.3f to %.3f".formatted(WINDOW, best, mean));
    }
    best = Math.min(best, mean);
    return Optional.empty();
  }
}
