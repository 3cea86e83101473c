package org.transnormer.corpus.ingest;

/** The file, or the rest of it, cannot be read. Documents handed out before stay. */
public final class RefusedFile extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  public RefusedFile(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  public String detail() {
    return String.valueOf(getMessage());
  }
}
