package org.transnormer.model.backend.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A few threads that work through numbered tasks together with the caller. What the tasks are never
 * depends on how many threads there are, so neither do results.
 *
 * <p>One region of tasks at a time; callers must not overlap. Idle threads spin shortly, because
 * the next region of a training step is microseconds away, and then park.
 */
public final class WorkerPool implements AutoCloseable {

  /** One numbered piece of work; {@code worker} in [0, threads) picks scratch memory. */
  @FunctionalInterface
  public interface Task {
    void run(int task, int worker);
  }

  /** Work of which one part may be done twice, and the other is done once. */
  interface Attempt {

    /** Must leave its result where only this worker sees it. */
    void compute(int task, int worker);

    /** Puts the result that this worker has just computed where it belongs. */
    void publish(int task, int worker);
  }

  private static final int SPINS = 4_000;

  /**
   * Spins after which a task that somebody else has begun is computed again; about a task's time.
   */
  private static final int SPINS_BEFORE_HELP = 400;

  private final List<Worker> workers = new ArrayList<>();
  private final int[] processors;
  private volatile Region current = Region.NOTHING;
  private volatile boolean closed;
  private @Nullable Thread pinnedCaller;

  /**
   * @param threads the caller's included
   * @param pin whether every thread, the caller's too, is bound to one of the processors that this
   *     process may use; ignored where the system refuses
   */
  public WorkerPool(int threads, boolean pin) {
    this.processors = pin ? Affinity.allowed() : new int[0];
    for (int i = 1; i < threads; i++) {
      workers.add(new Worker(i));
    }
    workers.forEach(Worker::start);
  }

  public int threads() {
    return workers.size() + 1;
  }

  /**
   * Runs tasks 0 to {@code tasks - 1} and returns when all have ended.
   *
   * @throws RuntimeException the first that a task threw
   */
  public void run(int tasks, Task task) {
    if (runsAlone(tasks)) {
      for (int i = 0; i < tasks; i++) {
        task.run(i, 0);
      }
      return;
    }
    Region region =
        new Region(
            (i, worker) -> {
              task.run(i, worker);
              return true;
            },
            tasks);
    begin(region);
    region.work(0);
    end(region);
  }

  /**
   * {@link #run} of tasks that need not wait for a thread which lost its processor to other work:
   * the caller computes again what such a thread is in the middle of. That thread may go on reading
   * the tasks' inputs when this has returned, until {@link #quiesce}; what it finds is thrown away.
   */
  void runHelping(int tasks, Attempt attempt) {
    if (runsAlone(tasks)) {
      for (int i = 0; i < tasks; i++) {
        attempt.compute(i, 0);
        attempt.publish(i, 0);
      }
      return;
    }
    AtomicIntegerArray published = new AtomicIntegerArray(tasks);
    Region region = new Region((i, worker) -> once(attempt, i, worker, published), tasks);
    begin(region);
    region.work(0);
    region.help(published);
    end(region);
  }

  private static boolean once(Attempt attempt, int i, int worker, AtomicIntegerArray published) {
    try {
      attempt.compute(i, worker);
    } catch (RuntimeException | Error e) {
      if (published.compareAndSet(i, 0, 1)) {
        throw e;
      }
      return false;
    }
    boolean first = published.compareAndSet(i, 0, 1);
    if (first) {
      attempt.publish(i, worker);
    }
    return first;
  }

  /** Waits until no thread is inside a task, not even one that nobody needs any more. */
  void quiesce() {
    for (Worker worker : workers) {
      while (worker.working) {
        Thread.yield();
      }
    }
  }

  private boolean runsAlone(int tasks) {
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    pinCaller();
    return workers.isEmpty() || tasks <= 1;
  }

  private void begin(Region region) {
    current = region;
    int helpers = Math.min(workers.size(), region.tasks - 1);
    for (int i = 0; i < helpers; i++) {
      workers.get(i).wake();
    }
  }

  private void end(Region region) {
    region.await(this);
    current = Region.NOTHING;
    region.rethrow();
  }

  private void pinCaller() {
    Thread caller = Thread.currentThread();
    if (processors.length > 0 && pinnedCaller != caller && !caller.isVirtual()) {
      Affinity.bind(processors[0]);
      pinnedCaller = caller;
    }
  }

  @Override
  public void close() {
    closed = true;
    workers.forEach(Worker::wake);
  }

  /** A task, of which it says whether it counts. */
  @FunctionalInterface
  private interface Counted {
    boolean run(int task, int worker);
  }

  /** Tasks handed out by a counter; a worker that comes late finds none left. */
  private static final class Region {

    static final Region NOTHING = new Region((task, worker) -> true, 0);

    private final Counted task;
    private final int tasks;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread waiting;

    Region(Counted task, int tasks) {
      this.task = task;
      this.tasks = tasks;
    }

    boolean open() {
      return next.get() < tasks;
    }

    void work(int worker) {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        one(i, worker);
      }
    }

    private void one(int i, int worker) {
      boolean counts = true;
      try {
        counts = task.run(i, worker);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      if (counts && ended.incrementAndGet() == tasks) {
        LockSupport.unpark(waiting);
      }
    }

    /** Does what others have begun and do not end. */
    void help(AtomicIntegerArray published) {
      for (int spin = 0; spin < SPINS_BEFORE_HELP && ended.get() < tasks; spin++) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < tasks && ended.get() < tasks; i++) {
        if (published.get(i) == 0) {
          one(i, 0);
        }
      }
    }

    /**
     * Waits for the last task. Who waits long waits for a thread that lost its processor to other
     * work; so it gives up its own, for that thread to go on there.
     */
    void await(WorkerPool pool) {
      for (int spin = 0; spin < SPINS; spin++) {
        if (ended.get() == tasks) {
          return;
        }
        Thread.onSpinWait();
      }
      waiting = Thread.currentThread();
      while (ended.get() < tasks) {
        LockSupport.park(pool);
      }
    }

    void rethrow() {
      Throwable thrown = failure;
      if (thrown instanceof RuntimeException e) {
        throw e;
      }
      if (thrown instanceof Error e) {
        throw e;
      }
    }
  }

  private final class Worker extends Thread {

    private final int index;
    private volatile boolean parked;
    private volatile boolean working;

    Worker(int index) {
      super("tnl-compute-" + index);
      this.index = index;
      setDaemon(true);
    }

    @Override
    public void run() {
      if (processors.length > 0) {
        Affinity.bind(processors[index % processors.length]);
      }
      while (!closed) {
        Region region = awaitWork();
        working = true;
        try {
          region.work(index);
        } finally {
          working = false;
        }
      }
    }

    private Region awaitWork() {
      for (int spin = 0; spin < SPINS; spin++) {
        Region region = current;
        if (region.open() || closed) {
          return region;
        }
        Thread.onSpinWait();
      }
      parked = true;
      try {
        while (!current.open() && !closed) {
          LockSupport.park(this);
        }
      } finally {
        parked = false;
      }
      return current;
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }
  }
}
