package org.transnormer.worker;

import java.time.Duration;

/**
 * Until when this worker may commit: a while from the sending of the last heartbeat that was
 * answered. The trainer gives the run away no earlier, since its own clock started later.
 */
final class Lease {

  private final Duration length;
  private volatile long renewedAt;

  Lease(Duration length, long now) {
    this.length = length;
    this.renewedAt = now;
  }

  /**
   * @param sentAt {@link System#nanoTime} before the heartbeat was sent
   */
  void renew(long sentAt) {
    renewedAt = sentAt;
  }

  boolean holds(long now) {
    return now - renewedAt < length.toNanos();
  }
}
