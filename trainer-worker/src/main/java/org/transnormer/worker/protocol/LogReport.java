package org.transnormer.worker.protocol;

import java.time.Instant;
import java.util.List;

/** Lines of a worker's log. */
public record LogReport(long epoch, int rank, List<Line> lines) {
  public LogReport {
    lines = List.copyOf(lines);
  }

  /**
   * @param sequence counts up from 0 within an attempt and rank
   * @param text at most {@link #LONGEST_TEXT} characters, without its line end
   */
  public record Line(long sequence, Instant at, String level, String text) {}

  public static final int LONGEST_TEXT = 4000;

  /** Lines of one report, at most. */
  public static final int MOST_LINES = 500;
}
