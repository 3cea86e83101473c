package org.transnormer.model.backend.cuda;

import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * What kernels run on: a GPU, or its emulation on the processor. Everything happens in the order in
 * which it is asked for; only {@link #read} and {@link #synchronize} wait. Memory is known by its
 * address on the device. One caller at a time.
 */
interface Launcher extends AutoCloseable {

  /** Blocks of a launch. */
  record Grid(long x, long y, long z) {

    static Grid of(long x) {
      return new Grid(x, 1, 1);
    }

    static Grid of(long x, long y) {
      return new Grid(x, y, 1);
    }

    boolean isEmpty() {
      return x == 0 || y == 0 || z == 0;
    }
  }

  /** Address of zeroed memory, aligned to 256 bytes. */
  long allocate(long bytes);

  void free(long address);

  /** Bytes that {@link #allocate} can still give, where the memory is not the host's. */
  default OptionalLong bytesLeft() {
    return OptionalLong.empty();
  }

  /** The host's memory may change when this returns. */
  void write(long address, MemorySegment source);

  void read(MemorySegment target, long address);

  void copy(long to, long from, long bytes);

  void clear(long address, long bytes);

  /**
   * Address of a copy of a little host memory, for the launches that follow at once. Inside {@link
   * #repeat} equal work gets equal addresses.
   */
  long upload(MemorySegment source);

  /**
   * @param sharedBytes dynamic shared memory of a block
   */
  void launch(String kernel, Grid grid, int threads, int sharedBytes, Arguments arguments);

  /**
   * {@link #launch} of a kernel that a device may begin before the one ahead has ended, if that was
   * launched so too: it waits by itself before it touches what kernels of such a chain write.
   */
  default void launchChained(
      String kernel, Grid grid, int threads, int sharedBytes, Arguments arguments) {
    launch(kernel, grid, threads, sharedBytes, arguments);
  }

  /** Does work, or gives the device a recording of it; see the backend's method. */
  void repeat(Object name, Runnable work);

  void synchronize();

  /** How large products are done here. */
  Products products();

  /** Blocks that run at once, roughly: as many as would fill the device. */
  int processors();

  /** Bytes of shared memory that a block can ask for, its kernel's own included. */
  int sharedBytes();

  String describe();

  @Override
  void close();
}
