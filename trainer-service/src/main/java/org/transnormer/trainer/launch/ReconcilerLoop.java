package org.transnormer.trainer.launch;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.leases.Lease;
import org.transnormer.support.leases.Leases;
import org.transnormer.trainer.runs.WakeUp;

/** Keeps the reconciler going in the one process that holds the lease. */
final class ReconcilerLoop {

  private static final Logger LOG = System.getLogger(ReconcilerLoop.class.getName());

  private static final String NAME = "trainer-reconciler";

  /** Renewed with every look; a process that was killed is followed after this time. */
  private static final Duration TTL = Duration.ofSeconds(5);

  private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

  private final Reconciler reconciler;
  private final Leases leases;
  private final Supplier<Instant> databaseClock;
  private final WakeUp wakeUp;
  private final Duration interval;
  private final String owner;
  private @Nullable Thread thread;
  private volatile boolean running;

  ReconcilerLoop(
      Reconciler reconciler,
      Leases leases,
      Supplier<Instant> databaseClock,
      WakeUp wakeUp,
      Duration interval,
      String owner) {
    this.reconciler = reconciler;
    this.leases = leases;
    this.databaseClock = databaseClock;
    this.wakeUp = wakeUp;
    this.interval = interval;
    this.owner = owner;
  }

  synchronized void start() {
    running = true;
    thread = Thread.ofVirtual().name("reconciler").start(this::loop);
  }

  /** Returns when no action is under way any more, or after a while. */
  synchronized void stop() {
    running = false;
    wakeUp.run();
    @Nullable Thread last = thread;
    if (last != null) {
      try {
        last.join(TTL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    thread = null;
  }

  boolean isRunning() {
    return running;
  }

  private void loop() {
    Optional<Lease> lease = Optional.empty();
    Instant leaderSince = Instant.MAX;
    while (running) {
      try {
        Optional<Lease> held = hold(lease);
        if (held.isPresent() && !held.equals(lease)) {
          leaderSince = databaseClock.get();
        }
        lease = held;
        if (lease.isPresent()) {
          reconciler.tick(leaderSince);
        }
        wakeUp.await(interval.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        running = false;
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "the runs could not be looked after: " + e.getMessage(), e);
        pause();
      }
    }
    lease.ifPresent(this::release);
  }

  private Optional<Lease> hold(Optional<Lease> lease) {
    return lease.isPresent() && leases.renew(lease.get(), TTL)
        ? lease
        : leases.acquire(NAME, owner, TTL);
  }

  private void release(Lease lease) {
    try {
      leases.release(lease);
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "the lease will end by itself: {0}", e.getMessage());
    }
  }

  private void pause() {
    try {
      wakeUp.await(AFTER_TROUBLE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      running = false;
    }
  }
}
