package org.transnormer.trainer.progress;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The measured values of runs. */
public interface RunMetrics {

  /** Keys that every worker reports sooner or later. */
  Set<String> EXPECTED =
      Set.of(
          "loss", "heldout-loss", "gradient-norm", "learning-rate", "tokens-per-second", "tokens");

  /** Values of one attempt; one that is there already is replaced. */
  void add(String runId, int attempt, List<Measurement> measurements);

  /**
   * @param from first step
   * @param maxPoints at most so many in each of the two lists
   */
  Series series(String runId, String key, long from, int maxPoints);

  /** Keys that a run has values of. */
  List<String> keys(String runId);

  /** First and last value of each key of each of the runs. */
  Map<String, Map<String, Summary>> summaries(Collection<String> runIds);

  record Summary(Point first, Point last) {}

  /** What was reported after the given place in the order of reporting. */
  List<Reported> since(String runId, long sequence, int limit);

  /** The place of the newest report; 0 before any. */
  long lastSequence(String runId);

  record Reported(long sequence, String key, Point point) {}
}
