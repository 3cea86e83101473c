package org.transnormer.cleaning.work;

import org.jspecify.annotations.Nullable;

/** Who did what, written within the transaction that does it. */
@FunctionalInterface
public interface AuditTrail {

  /**
   * @param action such as {@code cleaning-run.start}
   * @param resource path of what it was done to
   */
  void record(Actor actor, String action, String resource, @Nullable String detail);

  /**
   * As {@link #record}, of something that a request launches: the request's idempotency key stands
   * for the resource from the commit on.
   */
  default void launched(Actor actor, String action, String resource, @Nullable String detail) {
    record(actor, action, resource, detail);
  }
}
