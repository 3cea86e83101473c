package org.transnormer.model.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.transnormer.model.backend.cuda.Launcher.Grid;

/**
 * Gives kernels to a stream: cuLaunchKernelEx, which JCuda does not have. A chained kernel that
 * follows a chained one may begin before that has ended (programmatic dependent launch); anything
 * else in between makes it wait.
 */
final class Dispatch {

  private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

  /** CUlaunchConfig: seven ints, a stream, the attributes and their number. */
  private static final long CONFIG_BYTES = 56;

  private static final long STREAM_AT = 32;
  private static final long ATTRIBUTES_AT = 40;
  private static final long COUNT_AT = 48;

  /** CUlaunchAttribute: its number, and from byte 8 on its value. */
  private static final long ATTRIBUTE_BYTES = 72;

  private static final long VALUE_AT = 8;

  private final MethodHandle launch =
      Linker.nativeLinker()
          .downcallHandle(
              Driver.symbol("cuLaunchKernelEx"),
              FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG));
  private final MemorySegment config = Arena.ofAuto().allocate(CONFIG_BYTES, Long.BYTES);
  private final MemorySegment early = Arena.ofAuto().allocate(ATTRIBUTE_BYTES, Long.BYTES);
  private final Modules modules;
  private boolean chained;

  Dispatch(Modules modules, long stream) {
    this.modules = modules;
    config.set(JAVA_LONG, STREAM_AT, stream);
    config.set(ADDRESS, ATTRIBUTES_AT, early);
    early.set(JAVA_INT, 0, PROGRAMMATIC_STREAM_SERIALIZATION);
    early.set(JAVA_INT, VALUE_AT, 1);
  }

  /** Something else went to the stream, or another one's work begins. */
  void breakChain() {
    chained = false;
  }

  /**
   * @param chain whether the kernel waits by itself for what its predecessors in the chain write
   */
  void launch(
      String kernel, Grid grid, int threads, int sharedBytes, boolean chain, Arguments arguments) {
    int[] numbers = {
      Math.toIntExact(grid.x()),
      Math.toIntExact(grid.y()),
      Math.toIntExact(grid.z()),
      threads,
      1,
      1,
      sharedBytes
    };
    MemorySegment.copy(numbers, 0, config, JAVA_INT, 0, numbers.length);
    config.set(JAVA_INT, COUNT_AT, chain && chained ? 1 : 0);
    chained = chain;
    try {
      int status =
          (int)
              launch.invokeExact(
                  config, modules.function(kernel, sharedBytes), arguments.pointers(), 0L);
      Driver.check(status, "launching " + kernel);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
