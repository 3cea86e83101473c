package org.transnormer.model.train;

/** The run's numbers have left the range in which going on makes sense. */
public final class DivergedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long step;
  private final String reason;

  public DivergedException(long step, String reason) {
    super("diverged at step " + step + ": " + reason);
    this.step = step;
    this.reason = reason;
  }

  public long step() {
    return step;
  }

  public String reason() {
    return reason;
  }
}
