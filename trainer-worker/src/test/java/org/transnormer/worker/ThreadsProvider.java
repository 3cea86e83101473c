package org.transnormer.worker;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.device.DeviceGroup;
import org.transnormer.model.device.DeviceProvider;
import org.transnormer.model.device.DeviceUnavailableException;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.InProcess;
import org.transnormer.model.parallel.InProcess.Seat;

/** Processors of one process that work together as GPUs of several do. */
public final class ThreadsProvider implements DeviceProvider {

  static final String NAME = "threads";

  private static final byte[] GROUP = {42};

  private static volatile @Nullable List<Seat> seats;

  /** From now on there are such devices, for one group. */
  static void prepare(int ranks) {
    seats = InProcess.seats(ranks);
  }

  static void remove() {
    seats = null;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Backend open(int number) {
    if (seats == null) {
      throw new DeviceUnavailableException("no test asked for threads", null);
    }
    return CpuBackend.open(1, false);
  }

  @Override
  public byte[] newGroup() {
    return GROUP.clone();
  }

  @Override
  public DeviceGroup join(byte[] group, Backend backend, int rank, int size) {
    List<Seat> all = seats;
    if (all == null || group.length != 1 || group[0] != GROUP[0]) {
      throw new IllegalStateException("rank 0 handed out something else");
    }
    Collectives own = all.get(rank).take(backend);
    return new DeviceGroup() {
      @Override
      public Collectives all() {
        return own;
      }

      @Override
      public void lose(String reason) {}

      @Override
      public String describe() {
        return "memory";
      }

      @Override
      public void close() {}
    };
  }
}
