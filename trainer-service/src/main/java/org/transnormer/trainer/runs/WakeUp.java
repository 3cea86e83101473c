package org.transnormer.trainer.runs;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tells whoever works for the runs that there may be something to do before the next round. */
public final class WakeUp implements Runnable {

  private final Semaphore calls = new Semaphore(0);

  @Override
  public void run() {
    if (calls.availablePermits() == 0) {
      calls.release();
    }
  }

  /** Returns at a call, at once for one that came before, or when the time is over. */
  public void await(long millis) throws InterruptedException {
    if (calls.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      calls.drainPermits();
    }
  }
}
