package org.transnormer.cleaning.work;

/** Documents that went into something and what became of them. */
public record Tally(long in, long kept, long dropped, long failed) {

  public static final Tally NONE = new Tally(0, 0, 0, 0);

  /** All documents pass. */
  public static Tally passed(long documents) {
    return new Tally(documents, documents, 0, 0);
  }

  public Tally plus(Tally other) {
    return new Tally(
        in + other.in, kept + other.kept, dropped + other.dropped, failed + other.failed);
  }

  /** in = kept + dropped + failed. */
  public boolean balanced() {
    return in == kept + dropped + failed;
  }

  /**
   * @throws UnbalancedException if documents were lost or invented
   */
  public Tally requireBalanced(String stage) {
    if (!balanced()) {
      throw new UnbalancedException(
          "%s does not balance: %d in, but %d kept + %d dropped + %d failed"
              .formatted(stage, in, kept, dropped, failed));
    }
    return this;
  }

  /** A stage lost documents or made some up; its result is not used. */
  public static final class UnbalancedException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    UnbalancedException(String message) {
      super(message);
    }
  }
}
