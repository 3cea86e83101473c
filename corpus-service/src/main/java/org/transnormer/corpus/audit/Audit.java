package org.transnormer.corpus.audit;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.security.Caller;

/** Keeps who did what, in the transaction that does it. */
@FunctionalInterface
public interface Audit {

  /**
   * @param action like {@code corpus.create}
   * @param resource path of what it was done to
   */
  void record(Caller caller, String action, String resource, @Nullable String detail);

  /**
   * As {@link #record}, of something that a request launches: the request's idempotency key stands
   * for the resource from the commit on.
   */
  default void launched(Caller caller, String action, String resource, @Nullable String detail) {
    record(caller, action, resource, detail);
  }

  /** Now, as precise as the database keeps it. */
  static Instant now(Clock clock) {
    return clock.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
