package org.transnormer.corpus.sources;

/** A place that texts are not read from. */
public final class RefusedSource extends Exception {
  private static final long serialVersionUID = 1L;

  public RefusedSource(String detail) {
    super(detail);
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
