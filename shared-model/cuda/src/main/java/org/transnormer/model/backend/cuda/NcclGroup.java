package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.device.DeviceGroup;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.RankLostException;

/** What one rank has of NCCL: its communicators, a stream beside its backend's, and who is lost. */
final class NcclGroup implements DeviceGroup {

  private static final long AWAITS = 0x7c15_9e37_79b9_7f4aL;

  private final Nccl nccl;
  private final DriverLauncher launcher;
  private final SideStream side;
  private final List<Long> communicators = new CopyOnWriteArrayList<>();
  private final Collectives all;
  private volatile @Nullable String lost;
  private long numbers;
  private long numbersBytes;

  /**
   * Waits for all ranks.
   *
   * @param launcher stays the caller's to close, after this
   */
  NcclGroup(Nccl nccl, DriverLauncher launcher, byte[] id, int rank, int size) {
    this.nccl = nccl;
    this.launcher = launcher;
    launcher.makeCurrent();
    this.side = launcher.sideStream();
    long communicator = nccl.join(id, rank, size);
    communicators.add(communicator);
    this.all = new NcclCollectives(this, communicator, rank, size);
    launcher.afterWaiting(this::requireHealthy);
  }

  @Override
  public Collectives all() {
    return all;
  }

  /** An exchange in a stream. */
  @FunctionalInterface
  interface Work {
    void in(Nccl nccl, long stream);
  }

  /**
   * Asks for an exchange, unless a recording only wants to see it.
   *
   * @param call a number that equal exchanges share
   */
  void ask(String name, long call, boolean aside, Work work) {
    if (!launcher.passes(Arguments.mix(call, aside ? 1 : 0))) {
      return;
    }
    if (aside) {
      side.follow();
      work.in(nccl, side.number());
    } else {
      launcher.timed(name, () -> work.in(nccl, launcher.stream()));
    }
  }

  void awaitAside() {
    if (launcher.passes(AWAITS)) {
      side.join();
    }
  }

  /** Overwrites doubles of the host with their sums over all ranks. */
  void sum(MemorySegment host, long communicator) {
    if (numbersBytes < host.byteSize()) {
      if (numbers != 0) {
        launcher.free(numbers);
      }
      numbersBytes = host.byteSize();
      numbers = launcher.allocate(numbersBytes);
    }
    launcher.write(numbers, host);
    long count = host.byteSize() / Double.BYTES;
    nccl.allReduce(numbers, count, Nccl.DOUBLE, communicator, launcher.stream());
    launcher.read(host, numbers);
  }

  /** A communicator of those with the same color, in the order of the one that is split. */
  long split(long communicator, int color, int rank) {
    launcher.makeCurrent();
    long part = nccl.split(communicator, color, rank);
    communicators.add(part);
    return part;
  }

  /** This rank is alone where a communicator is split. */
  Collectives leave(long communicator) {
    launcher.makeCurrent();
    nccl.split(communicator, -1, 0);
    return Collectives.alone();
  }

  private void requireHealthy() {
    String reason = lost;
    if (reason != null) {
      throw new RankLostException(reason);
    }
    communicators.forEach(nccl::requireNoError);
  }

  /**
   * NCCL may wait for recordings of its work to go, which only happens once the computing thread
   * comes back; so nobody waits for NCCL.
   */
  @Override
  public void lose(String reason) {
    lost = reason;
    for (long communicator : communicators) {
      Thread.ofPlatform()
          .daemon()
          .name("nccl-abort")
          .start(() -> {
            launcher.makeCurrentHere();
            nccl.abort(communicator);
          });
    }
  }

  @Override
  public String describe() {
    return "NCCL " + nccl.version();
  }

  @Override
  public void close() {
    if (lost == null) {
      launcher.synchronize();
      launcher.forgetRecordings();
      for (long communicator : communicators.reversed()) {
        nccl.destroy(communicator);
      }
    }
    launcher.afterWaiting(() -> {});
    communicators.clear();
    if (numbers != 0) {
      launcher.free(numbers);
      numbers = 0;
    }
    side.close();
  }
}
