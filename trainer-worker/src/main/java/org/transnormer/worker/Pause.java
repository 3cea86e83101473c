package org.transnormer.worker;

import java.time.Duration;

/** Pauses between tries that double from one to the next. */
final class Pause {

  private final Duration first;
  private final Duration longest;
  private Duration next;

  Pause(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
    this.next = first;
  }

  void reset() {
    next = first;
  }

  /** How long to wait now. */
  Duration take() {
    Duration now = next;
    next = next.multipliedBy(2).compareTo(longest) < 0 ? next.multipliedBy(2) : longest;
    return now;
  }
}
