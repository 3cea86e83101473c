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
  private @Nullable List<Region> recorded;
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
    run(new Region(tasks, task, null));
  }

  /**
   * {@link #run} of tasks that need not wait for a thread which lost its processor to other work:
   * the caller computes again what such a thread is in the middle of. That thread may go on reading
   * the tasks' inputs when this has returned, until {@link #quiesce}; what it finds is thrown away.
   */
  void runHelping(int tasks, Attempt attempt) {
    run(new Region(tasks, null, attempt));
  }

  /** Does work, and remembers the regions of tasks that it asked for. */
  Recording record(Runnable work) {
    List<Region> regions = new ArrayList<>();
    recorded = regions;
    try {
      work.run();
    } finally {
      recorded = null;
    }
    return new Recording(regions.toArray(Region[]::new));
  }

  /** Runs the same tasks again, and leaves nothing to collect. */
  void run(Recording recording) {
    for (Region region : recording.regions) {
      run(region);
    }
  }

  private void run(Region region) {
    if (closed) {
      throw new IllegalStateException("the worker pool is closed");
    }
    if (recorded != null) {
      recorded.add(region);
    }
    pinCaller();
    if (workers.isEmpty() || region.tasks <= 1) {
      region.runAlone();
      return;
    }
    region.begin();
    current = region;
    int helpers = Math.min(workers.size(), region.tasks - 1);
    for (int i = 0; i < helpers; i++) {
      workers.get(i).wake();
    }
    region.work(0);
    region.help();
    region.await(this);
    current = Region.NOTHING;
    region.rethrow();
  }

  /** Waits until no thread is inside a task, not even one that nobody needs any more. */
  void quiesce() {
    for (Worker worker : workers) {
      while (worker.working) {
        Thread.yield();
      }
    }
  }

  private void pinCaller() {
    Thread caller = Thread.currentThread();
    if (processors.length > 0 && pinnedCaller != caller && !caller.isVirtual()) {
      Affinity.bind(processors[0]);
      pinnedCaller = caller;
    }
  }

  /** A caller that was bound is free again, if it is the one that closes. */
  @Override
  public void close() {
    if (pinnedCaller == Thread.currentThread()) {
      Affinity.bind(processors);
      pinnedCaller = null;
    }
    closed = true;
    workers.forEach(Worker::wake);
  }

  /** Regions of tasks in their order, to be run again. */
  static final class Recording {

    private final Region[] regions;

    private Recording(Region[] regions) {
      this.regions = regions;
    }
  }

  /**
   * Tasks handed out by a counter; a worker that comes late finds none left. It can begin again
   * when it has ended: rounds are counted, so that a worker which is still inside an attempt of the
   * last one is not taken for one of this.
   */
  private static final class Region {

    static final Region NOTHING = new Region(0, (_, _) -> {}, null);

    private final int tasks;
    private final @Nullable Task task;
    private final @Nullable Attempt attempt;

    /** For each attempted task, the round whose result has been published. */
    private final @Nullable AtomicIntegerArray published;

    private final AtomicInteger next;
    private final AtomicInteger ended = new AtomicInteger();
    private volatile int round;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread waiting;

    /** Of tasks that are done once, or of ones that may be attempted twice. */
    Region(int tasks, @Nullable Task task, @Nullable Attempt attempt) {
      this.tasks = tasks;
      this.task = task;
      this.attempt = attempt;
      this.published = attempt == null ? null : new AtomicIntegerArray(tasks);
      this.next = new AtomicInteger(tasks);
    }

    void begin() {
      failure = null;
      waiting = null;
      ended.set(0);
      round++;
      next.set(0);
    }

    boolean open() {
      return next.get() < tasks;
    }

    void runAlone() {
      for (int i = 0; i < tasks; i++) {
        if (attempt != null) {
          attempt.compute(i, 0);
          attempt.publish(i, 0);
        } else if (task != null) {
          task.run(i, 0);
        }
      }
    }

    void work(int worker) {
      for (int i = next.getAndIncrement(); i < tasks; i = next.getAndIncrement()) {
        one(i, worker);
      }
    }

    private void one(int i, int worker) {
      boolean counts = true;
      try {
        if (task != null) {
          task.run(i, worker);
        } else {
          counts = attempt(i, worker);
        }
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      if (counts && ended.incrementAndGet() == tasks) {
        LockSupport.unpark(waiting);
      }
    }

    /** Returns whether this was the first to end the task; if it fails, throws only then. */
    private boolean attempt(int i, int worker) {
      if (attempt == null || published == null) {
        return false;
      }
      int now = round;
      try {
        attempt.compute(i, worker);
      } catch (RuntimeException | Error e) {
        if (published.compareAndSet(i, now - 1, now)) {
          throw e;
        }
        return false;
      }
      boolean first = published.compareAndSet(i, now - 1, now);
      if (first) {
        attempt.publish(i, worker);
      }
      return first;
    }

    /** Attempts what others have begun and do not end. */
    void help() {
      if (published == null) {
        return;
      }
      for (int spin = 0; spin < SPINS_BEFORE_HELP && ended.get() < tasks; spin++) {
        Thread.onSpinWait();
      }
      for (int i = 0; i < tasks && ended.get() < tasks; i++) {
        if (published.get(i) != round) {
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
