package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.transnormer.model.tensor.MemoryPlan;

/**
 * Zeroed memory outside the Java heap. Large pieces are mapped on their own, and the kernel is
 * asked for huge pages: a stream over gigabytes of weights otherwise waits for a page table at
 * every fourth KiB, and prefetching ends there. Linux on 64 bits only; elsewhere, or where it is
 * refused, memory comes from the allocator.
 */
final class Pages {

  /** A huge page of x86-64, and of AArch64 with 4 KiB pages. */
  private static final long HUGE = 1L << 21;

  /** Bytes below which a mapping of its own would waste too much of its last page. */
  private static final long LARGE = 4 * HUGE;

  /* Linux: asm-generic/mman.h */
  private static final int READ_WRITE = 1 | 2;
  private static final int PRIVATE_ANONYMOUS = 0x02 | 0x20;
  private static final int MADV_HUGEPAGE = 14;
  private static final long FAILED = -1;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final Optional<MethodHandle> MMAP =
      function("mmap", FunctionDescriptor.of(LONG, LONG, LONG, INT, INT, INT, LONG));
  private static final Optional<MethodHandle> MUNMAP =
      function("munmap", FunctionDescriptor.of(INT, LONG, LONG));
  private static final Optional<MethodHandle> MADVISE =
      function("madvise", FunctionDescriptor.of(INT, LONG, LONG, INT));

  private Pages() {}

  /**
   * @param arena whose end frees the memory
   * @throws OutOfMemoryError when there is none
   */
  static MemorySegment allocate(long bytes, Arena arena) {
    if (bytes < LARGE || MMAP.isEmpty() || MUNMAP.isEmpty() || MADVISE.isEmpty()) {
      return arena.allocate(bytes, MemoryPlan.ALIGNMENT);
    }
    long mapped = Math.ceilDiv(bytes, HUGE) * HUGE + HUGE;
    long base = map(mapped);
    if (base == FAILED) {
      throw new OutOfMemoryError("cannot map %,d bytes".formatted(bytes));
    }
    long start = Math.ceilDiv(base, HUGE) * HUGE;
    advise(start, mapped - (start - base));
    return MemorySegment.ofAddress(start).reinterpret(bytes, arena, _ -> unmap(base, mapped));
  }

  private static long map(long bytes) {
    try {
      return (long)
          MMAP.orElseThrow().invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
    } catch (Throwable e) {
      throw new LinkageError("mmap", e);
    }
  }

  /** A refusal is no failure: the memory is there, on small pages. */
  private static void advise(long address, long bytes) {
    try {
      int _ = (int) MADVISE.orElseThrow().invokeExact(address, bytes, MADV_HUGEPAGE);
    } catch (Throwable e) {
      throw new LinkageError("madvise", e);
    }
  }

  private static void unmap(long address, long bytes) {
    try {
      int _ = (int) MUNMAP.orElseThrow().invokeExact(address, bytes);
    } catch (Throwable e) {
      throw new LinkageError("munmap", e);
    }
  }

  private static Optional<MethodHandle> function(String name, FunctionDescriptor descriptor) {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.empty();
    }
    Linker linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(name)
        .map(symbol -> linker.downcallHandle(symbol, descriptor));
  }
}
