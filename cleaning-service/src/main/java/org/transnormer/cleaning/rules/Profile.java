package org.transnormer.cleaning.rules;

/**
 * Tools of the field measure "the same" rule differently; a profile says whose semantics are meant.
 */
public enum Profile {
  /** Gopher, C4 and FineWeb filters as datatrove 0.10 computes them. */
  DATATROVE_0_10("datatrove-0.10");

  private final String label;

  Profile(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
