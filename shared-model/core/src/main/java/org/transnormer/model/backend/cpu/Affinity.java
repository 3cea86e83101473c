package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.BitSet;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Binding threads to processors, Linux only. Elsewhere, or where it is refused, nothing is bound.
 */
final class Affinity {

  private static final Logger LOG = LoggerFactory.getLogger(Affinity.class);

  /** Bytes of a mask for 8192 processors; the kernel takes a longer one than it needs. */
  private static final long MASK_BYTES = 1024;

  private static final Optional<MethodHandle> GET = function("sched_getaffinity");
  private static final Optional<MethodHandle> SET = function("sched_setaffinity");

  private Affinity() {}

  /**
   * Processors that this process may run on, by its first thread, which nobody here binds; empty
   * when that cannot be found out.
   */
  static int[] allowed() {
    return of(Math.toIntExact(ProcessHandle.current().pid()));
  }

  /**
   * Processors that a thread may run on.
   *
   * @param thread as the system counts; 0 is the calling one
   */
  static int[] of(int thread) {
    if (GET.isEmpty()) {
      return new int[0];
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      int rc = (int) GET.get().invokeExact(thread, MASK_BYTES, mask);
      return rc < 0
          ? new int[0]
          : BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE)).stream().toArray();
    } catch (Throwable e) {
      throw new LinkageError("sched_getaffinity", e);
    }
  }

  /**
   * Binds the calling thread, and the threads that it will make; returns whether the system agreed.
   */
  static boolean bind(int... processors) {
    if (SET.isEmpty()) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, Long.BYTES);
      BitSet set = new BitSet();
      for (int processor : processors) {
        set.set(processor);
      }
      byte[] bits = set.toByteArray();
      MemorySegment.copy(bits, 0, mask, ValueLayout.JAVA_BYTE, 0, bits.length);
      int rc = (int) SET.get().invokeExact(0, MASK_BYTES, mask);
      if (rc != 0) {
        LOG.debug("processors {} refused, thread stays as it is", set);
      }
      return rc == 0;
    } catch (Throwable e) {
      throw new LinkageError("sched_setaffinity", e);
    }
  }

  private static Optional<MethodHandle> function(String name) {
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(symbol ->
            linker.downcallHandle(
                symbol,
                FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS)));
  }
}
