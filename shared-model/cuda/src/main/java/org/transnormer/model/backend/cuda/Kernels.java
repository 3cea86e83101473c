package org.transnormer.model.backend.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.cuda.Launcher.Grid;

/** What the operations share: launches by rows, host arrays on the device, scratch memory. */
final class Kernels {

  /** Columns that a thread takes at a time; see rows.cuh. */
  private static final int WIDE = 8;

  private static final int WARP = 32;
  private static final int MOST_THREADS = 256;

  /** A multiple of what scratch memory grows by. */
  private static final long SCRATCH_STEP = 1L << 20;

  private final Launcher launcher;
  private final Arguments arguments = new Arguments();
  private final Map<String, Scratch> scratch = new HashMap<>();
  private final List<Long> kept = new ArrayList<>();
  private MemorySegment host = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

  private record Scratch(long address, long bytes) {}

  Kernels(Launcher launcher) {
    this.launcher = launcher;
  }

  Launcher launcher() {
    return launcher;
  }

  /** To be filled, then {@link #launch launched}. */
  Arguments arguments() {
    return arguments.begin();
  }

  /** What has been filled so far. */
  Arguments current() {
    return arguments;
  }

  void launch(String kernel, Grid grid, int threads) {
    launch(kernel, grid, threads, 0);
  }

  void launch(String kernel, Grid grid, int threads, int sharedBytes) {
    if (!grid.isEmpty()) {
      launcher.launch(kernel, grid, threads, sharedBytes, arguments);
    }
  }

  /** {@link Launcher#launchChained} */
  void launchChained(String kernel, Grid grid, int threads, int sharedBytes) {
    if (!grid.isEmpty()) {
      launcher.launchChained(kernel, grid, threads, sharedBytes, arguments);
    }
  }

  /** A block for each row, with threads for its columns. */
  void launchRows(String kernel, long rows, int columns) {
    launch(kernel, Grid.of(rows), threadsFor(columns));
  }

  static int threadsFor(int columns) {
    int wanted = Math.ceilDiv(Math.ceilDiv(columns, WIDE), WARP) * WARP;
    return Math.clamp(wanted, WARP, MOST_THREADS);
  }

  /** Address of {@code count} numbers on the device, for the launches that follow at once. */
  long ints(int[] numbers, int from, int count) {
    MemorySegment copy = host((long) count * Integer.BYTES);
    MemorySegment.copy(numbers, from, copy, ValueLayout.JAVA_INT, 0, count);
    return launcher.upload(copy);
  }

  long longs(long[] numbers) {
    MemorySegment copy = host((long) numbers.length * Long.BYTES);
    MemorySegment.copy(numbers, 0, copy, ValueLayout.JAVA_LONG, 0, numbers.length);
    return launcher.upload(copy);
  }

  /** Address of a copy of host memory that stays. */
  long keep(MemorySegment source) {
    long address = launcher.allocate(source.byteSize());
    kept.add(address);
    launcher.write(address, source);
    return address;
  }

  /** Gives back all memory that was taken here. */
  void release() {
    launcher.synchronize();
    scratch.values().forEach(memory -> launcher.free(memory.address));
    kept.forEach(launcher::free);
    scratch.clear();
    kept.clear();
  }

  private MemorySegment host(long bytes) {
    if (host.byteSize() < bytes) {
      host = Arena.ofAuto().allocate(bytes, Long.BYTES);
    }
    return host.asSlice(0, bytes);
  }

  /**
   * Address of memory that an operation works in; one per name, which grows and is never given
   * back.
   */
  long scratch(String name, long bytes) {
    Scratch there = scratch.get(name);
    if (there == null || there.bytes < bytes) {
      long size = Math.ceilDiv(Math.max(1, bytes), SCRATCH_STEP) * SCRATCH_STEP;
      long address = launcher.allocate(size);
      if (there != null) {
        launcher.synchronize();
        launcher.free(there.address);
      }
      there = new Scratch(address, size);
      scratch.put(name, there);
    }
    return there.address;
  }

  /** Bytes of all scratch memory. */
  long scratchBytes() {
    return scratch.values().stream().mapToLong(Scratch::bytes).sum();
  }

  /**
   * @param what is said where it does not hold, with the details in their places; put together only
   *     then, since this is asked at every launch
   */
  static void require(boolean holds, String what, Object... details) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(what, details));
    }
  }
}
