package org.transnormer.door.access;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Wrong keys by address: after too many within a minute an address has to wait. */
public final class FailedLogins {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MOST_ADDRESSES = 10_000;

  private final int limit;
  private final Clock clock;

  private record Count(Instant since, int failures) {}

  private final Map<String, Count> counts =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Count> eldest) {
          return size() > MOST_ADDRESSES;
        }
      };

  public FailedLogins(int limit, Clock clock) {
    this.limit = limit;
    this.clock = clock;
  }

  /** How long the address has to wait, if it has to. */
  public synchronized Optional<Duration> mustWait(String address) {
    Count count = current(address);
    if (count.failures() < limit) {
      return Optional.empty();
    }
    return Optional.of(Duration.between(clock.instant(), count.since().plus(WINDOW)));
  }

  public synchronized void failed(String address) {
    Count count = current(address);
    counts.put(address, new Count(count.since(), count.failures() + 1));
  }

  private Count current(String address) {
    Count count = counts.get(address);
    Instant now = clock.instant();
    return count == null || count.since().plus(WINDOW).isBefore(now) ? new Count(now, 0) : count;
  }
}
