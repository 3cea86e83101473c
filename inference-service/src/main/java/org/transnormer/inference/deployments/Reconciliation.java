package org.transnormer.inference.deployments;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs {@link Deployments#reconcile} on a thread of its own: when asked, and every so often. */
public final class Reconciliation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Reconciliation.class);

  private final Deployments deployments;
  private final Duration interval;
  private final Semaphore requests = new Semaphore(0);
  private volatile boolean up = true;

  public Reconciliation(Deployments deployments, Duration interval) {
    this.deployments = deployments;
    this.interval = interval;
    Thread.ofPlatform().name("reconcile-deployments").daemon().start(this::run);
  }

  /** Asks for a round soon. */
  public void request() {
    requests.release();
  }

  @Override
  public void close() {
    up = false;
    requests.release();
    deployments.close();
  }

  private void run() {
    while (up) {
      try {
        deployments.reconcile();
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("cannot look after the deployments; trying again");
      }
      try {
        requests.tryAcquire(interval.toMillis(), TimeUnit.MILLISECONDS);
        requests.drainPermits();
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
