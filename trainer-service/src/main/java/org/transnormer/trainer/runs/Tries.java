package org.transnormer.trainer.runs;

/**
 * How often a run was started, and how often in a row that came to nothing.
 *
 * @param attempt number of the newest attempt, 0 before the first
 * @param losses attempts lost since a person asked for the run or an attempt committed a checkpoint
 *     of its own; a long run on machines that come and go is not worn down by their number
 */
public record Tries(int attempt, int losses) {

  /** Of a run that nobody has started yet. */
  public static final Tries NONE = new Tries(0, 0);

  public Tries {
    if (attempt < 0 || losses < 0) {
      throw new IllegalArgumentException(
          "attempt and losses must not be negative: %d, %d".formatted(attempt, losses));
    }
  }

  Tries next() {
    return new Tries(attempt + 1, losses);
  }

  Tries lost() {
    return new Tries(attempt, losses + 1);
  }

  Tries fresh() {
    return new Tries(attempt, 0);
  }
}
