package org.transnormer.model.parallel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.SynchronousQueue;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.Tensor;

/**
 * Ranks that are threads of one process, each with a backend of its own. Works on host copies, so
 * that it serves every backend and takes no heed of speed: it shows what a group computes. Sums run
 * over the ranks in their order.
 */
public final class InProcess implements Collectives {

  /** What a rank does. */
  @FunctionalInterface
  public interface Rank {
    void run(Collectives collectives, Backend backend) throws Exception;
  }

  /** Makes a backend for a rank. */
  @FunctionalInterface
  public interface Backends {
    Backend open(int rank);
  }

  /** What the ranks of one group share. */
  private static final class Group {
    private final CyclicBarrier barrier;
    private final @Nullable Object[] offered;
    private final List<SynchronousQueue<float[]>> mail = new ArrayList<>();
    private final Map<Integer, Group> parts = new HashMap<>();

    Group(int size) {
      barrier = new CyclicBarrier(size);
      offered = new Object[size];
      for (int i = 0; i < size * size; i++) {
        mail.add(new SynchronousQueue<>());
      }
    }

    int size() {
      return offered.length;
    }
  }

  private final Group group;
  private final int rank;
  private final Backend backend;

  private InProcess(Group group, int rank, Backend backend) {
    this.group = group;
    this.rank = rank;
    this.backend = backend;
  }

  /** A rank's place in a group. */
  @FunctionalInterface
  public interface Seat {
    Collectives take(Backend backend);
  }

  /** The places of a new group, for threads that somebody else starts. */
  public static List<Seat> seats(int ranks) {
    Group group = new Group(ranks);
    return IntStream.range(0, ranks)
        .<Seat>mapToObj(rank -> backend -> new InProcess(group, rank, backend))
        .toList();
  }

  /**
   * Runs ranks to their end.
   *
   * @throws IllegalStateException with the first failure as its cause; the others are interrupted
   */
  public static void run(int ranks, Backends backends, Rank work) {
    List<Seat> seats = seats(ranks);
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (int r = 0; r < ranks; r++) {
      int rank = r;
      threads.add(
          Thread.ofPlatform()
              .name("rank-" + rank)
              .unstarted(() -> {
                try (Backend backend = backends.open(rank)) {
                  work.run(seats.get(rank).take(backend), backend);
                } catch (Throwable e) {
                  synchronized (failures) {
                    failures.add(e);
                  }
                  threads.forEach(Thread::interrupt);
                }
              }));
    }
    threads.forEach(Thread::start);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a rank failed: " + failures.getFirst(), failures.getFirst());
    }
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return group.size();
  }

  @Override
  public void allReduce(Tensor x) {
    List<float[]> all = exchange(numbers(x));
    write(x, sum(all));
  }

  @Override
  public void allReduce(double[] values) {
    List<double[]> all = exchange(values.clone());
    Arrays.fill(values, 0);
    for (double[] each : all) {
      for (int i = 0; i < values.length; i++) {
        values[i] += each[i];
      }
    }
  }

  @Override
  public void reduceScatter(List<Tensor> pieces) {
    List<List<float[]>> all = exchange(pieces.stream().map(this::numbers).toList());
    write(pieces.get(rank), sum(all.stream().map(each -> each.get(rank)).toList()));
  }

  @Override
  public void allGather(List<Tensor> pieces) {
    List<float[]> all = exchange(numbers(pieces.get(rank)));
    for (int other = 0; other < size(); other++) {
      if (other != rank) {
        write(pieces.get(other), all.get(other));
      }
    }
  }

  @Override
  public void broadcast(Tensor x, int root) {
    List<float[]> all = exchange(rank == root ? numbers(x) : new float[0]);
    if (rank != root) {
      write(x, all.get(root));
    }
  }

  @Override
  public void send(Tensor x, int to) {
    try {
      group.mail.get(rank * size() + to).put(numbers(x));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public void receive(Tensor x, int from) {
    try {
      write(x, group.mail.get(from * size() + rank).take());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  @Override
  public Collectives split(int color) {
    List<Integer> colors = exchange(color);
    int before = 0;
    int together = 0;
    for (int other = 0; other < size(); other++) {
      if (colors.get(other) == color) {
        before += other < rank ? 1 : 0;
        together++;
      }
    }
    int members = together;
    Group part;
    synchronized (group.parts) {
      part = group.parts.computeIfAbsent(color, _ -> new Group(members));
    }
    await();
    synchronized (group.parts) {
      group.parts.remove(color); // the next split makes groups of its own
    }
    await();
    return new InProcess(part, before, backend);
  }

  /** What every rank offers, in their order. */
  @SuppressWarnings("unchecked") // every rank calls the same method
  private <T> List<T> exchange(T mine) {
    group.offered[rank] = mine;
    await();
    List<T> all = new ArrayList<>();
    for (Object offered : group.offered) {
      all.add((T) offered);
    }
    await();
    return all;
  }

  private void await() {
    try {
      group.barrier.await();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (BrokenBarrierException e) {
      throw new IllegalStateException("another rank failed", e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted while waiting for another rank", e);
  }

  private static float[] sum(List<float[]> all) {
    float[] sum = all.getFirst().clone();
    for (float[] other : all.subList(1, all.size())) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other[i];
      }
    }
    return sum;
  }

  private float[] numbers(Tensor x) {
    if (x.elements() == 0) {
      return new float[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      return backend.view(x, arena).toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  private void write(Tensor x, float[] numbers) {
    if (x.elements() > 0) {
      backend.write(x, MemorySegment.ofArray(numbers));
    }
  }
}
