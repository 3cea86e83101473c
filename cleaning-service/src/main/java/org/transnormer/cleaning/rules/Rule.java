package org.transnormer.cleaning.rules;

/**
 * One measure and how it is judged. The name is the column in the sidecar and the reason of a drop,
 * spelled as the source spells it.
 *
 * @param limit what the source uses; a recipe may name another
 */
public record Rule(String name, Family family, Bound bound, double limit, String meaning) {

  /** Who defined the measure. */
  public enum Family {
    /** Length, script and markup shares of our own. */
    BASIC,
    LANGUAGE,
    GOPHER_REPETITION,
    GOPHER_QUALITY,
    C4,
    FINEWEB
  }

  /** Which side of the limit fails. The limit itself always passes. */
  public enum Bound {
    AT_LEAST,
    AT_MOST
  }

  /** NaN means that the text has nothing to measure (no line, no word); such a value passes. */
  public boolean passes(double value, double limit) {
    return switch (bound) {
      case AT_LEAST -> !(value < limit);
      case AT_MOST -> !(value > limit);
    };
  }
}
