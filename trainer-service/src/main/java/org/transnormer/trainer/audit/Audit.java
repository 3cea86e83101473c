package org.transnormer.trainer.audit;

/** Takes down who did what. */
public interface Audit {

  /**
   * @param action such as {@code training-run.cancel}
   * @param resource path of what it was done to
   * @param detail for people; empty for none
   */
  void record(Actor actor, String action, String resource, String detail);

  /**
   * As {@link #record}, of something that a request launches: the request's idempotency key stands
   * for the resource from the commit on.
   */
  default void launched(Actor actor, String action, String resource, String detail) {
    record(actor, action, resource, detail);
  }
}
