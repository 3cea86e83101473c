package org.transnormer.cleaning.decide;

/** A stage lost documents or made some up; its result is not used. */
public final class ConservationException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  public ConservationException(String stage, long in, long kept, long dropped, long failed) {
    super(
        "%s does not balance: %d documents in, but %d kept + %d dropped + %d failed = %d"
            .formatted(stage, in, kept, dropped, failed, kept + dropped + failed));
  }
}
