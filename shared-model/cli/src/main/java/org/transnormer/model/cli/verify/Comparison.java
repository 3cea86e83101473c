package org.transnormer.model.cli.verify;

/**
 * One tensor, number or list beside its reference.
 *
 * @param error in {@code measure}; infinite where the two cannot be compared
 * @param remark why the two cannot be compared; empty where they could
 */
public record Comparison(
    String name, Measure measure, double error, double tolerance, String remark) {

  /** What an error is. */
  public enum Measure {
    /** max |a - b| / max |b| over a tensor. */
    RELATIVE,
    /** The same, the largest over all rows, each measured alone. */
    RELATIVE_BY_ROW,
    /** max |a - b| */
    ABSOLUTE,
    /** How many entries of a list are not the same. */
    DIFFERENT,
    /** Our rounding error over the reference's own, both in the L2 norm. */
    RATIO
  }

  /** A comparison that could not be made, which counts as failed. */
  static Comparison impossible(String name, String remark) {
    return new Comparison(name, Measure.RELATIVE, Double.POSITIVE_INFINITY, 0, remark);
  }

  /** Whether the error is within its tolerance; an error that is no number is not. */
  public boolean holds() {
    return error <= tolerance;
  }
}
