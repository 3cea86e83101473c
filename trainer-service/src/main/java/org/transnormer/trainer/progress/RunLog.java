package org.transnormer.trainer.progress;

import java.time.Instant;
import java.util.List;

/** The lines that the ranks of a run wrote. */
public interface RunLog {

  /**
   * @param sequence counts within attempt and rank
   */
  record Line(int attempt, int rank, long sequence, Instant at, String level, String text) {}

  /** Lines that are there already are ignored; the oldest go when a run has written too much. */
  void add(String runId, List<Line> lines);

  /** The last lines of a run, oldest first. */
  List<Line> tail(String runId, int lines);
}
