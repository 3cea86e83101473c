package org.transnormer.support;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Does something again and again on a thread of its own while the context runs: at an interval, and
 * at once when woken. A failure is logged (once, while it is the same) and tried again later.
 */
public final class BackgroundLoop implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(BackgroundLoop.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final String name;
  private final Duration interval;
  private final Task task;
  private final int phase;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition woken = lock.newCondition();
  private boolean bell;
  private boolean stopping;
  private @Nullable Thread thread;
  private @Nullable String lastFailure;

  /** One round of work. */
  @FunctionalInterface
  public interface Task {
    void run() throws Exception;
  }

  public BackgroundLoop(String name, Duration interval, Task task) {
    this(name, interval, DEFAULT_PHASE, task);
  }

  /**
   * @param phase a higher one starts later and stops earlier
   */
  public BackgroundLoop(String name, Duration interval, int phase, Task task) {
    this.name = name;
    this.interval = interval;
    this.phase = phase;
    this.task = task;
  }

  /** The next round starts now, or right after the current one. */
  public void wake() {
    lock.lock();
    try {
      bell = true;
      woken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void start() {
    lock.lock();
    try {
      if (thread == null) {
        stopping = false;
        thread = Thread.ofPlatform().daemon().name(name).start(this::loop);
      }
    } finally {
      lock.unlock();
    }
  }

  private void loop() {
    while (!isStopping()) {
      try {
        task.run();
        lastFailure = null;
      } catch (InterruptedException _) {
        return;
      } catch (Exception e) {
        report(e);
      }
      if (!awaitNext()) {
        return;
      }
    }
  }

  private void report(Exception e) {
    String failure = e.toString();
    if (isStopping() || failure.equals(lastFailure)) {
      LOG.debug("{} failed", name, e);
    } else {
      LOG.warn("{} failed, trying again every {}", name, interval, e);
    }
    lastFailure = failure;
  }

  private boolean isStopping() {
    lock.lock();
    try {
      return stopping;
    } finally {
      lock.unlock();
    }
  }

  /** False when there is no next round. */
  private boolean awaitNext() {
    lock.lock();
    try {
      long left = interval.toNanos();
      while (!bell && !stopping && left > 0) {
        left = woken.awaitNanos(left);
      }
      bell = false;
      return !stopping;
    } catch (InterruptedException _) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void stop() {
    Thread running;
    lock.lock();
    try {
      stopping = true;
      woken.signalAll();
      running = thread;
      thread = null;
    } finally {
      lock.unlock();
    }
    if (running != null) {
      join(running);
    }
  }

  private void join(Thread running) {
    try {
      if (!running.join(STOP_PATIENCE)) {
        LOG.warn("{} does not end, interrupting it", name);
        running.interrupt();
        running.join(TimeUnit.SECONDS.toMillis(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    lock.lock();
    try {
      return thread != null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int getPhase() {
    return phase;
  }
}
