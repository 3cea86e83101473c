package org.transnormer.model.backend.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The kernels on the processor; see src/test/cuda/emulator. */
final class EmulatedLauncher implements Launcher {

  private static final int MESSAGE_BYTES = 2000;
  private static final long UPLOADS = 1L << 22;
  private static final int UPLOAD_ALIGNMENT = 256;

  private final Arena arena = Arena.ofShared();
  private final MethodHandle emulate;
  private final MethodHandle allocate;
  private final MethodHandle free;
  private final Map<String, MemorySegment> names = new HashMap<>();
  private final MemorySegment message = arena.allocate(MESSAGE_BYTES);
  private final Products products = new KernelProducts(new Kernels(this));
  private final int processors;
  private final int sharedBytes;
  private long uploads;
  private long uploaded;

  /**
   * @param processors that it pretends to have
   * @param sharedBytes of a block, beyond which it refuses launches
   * @param seed of the order in which threads run
   */
  EmulatedLauncher(Path library, int processors, int sharedBytes, long seed) {
    SymbolLookup symbols = SymbolLookup.libraryLookup(library, arena);
    this.processors = processors;
    this.sharedBytes = sharedBytes;
    this.emulate =
        handle(
            symbols,
            "tnl_emulate",
            FunctionDescriptor.of(
                JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    this.allocate =
        handle(symbols, "tnl_emulator_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    this.free = handle(symbols, "tnl_emulator_free", FunctionDescriptor.ofVoid(JAVA_LONG));
    try {
      handle(symbols, "tnl_emulator_seed", FunctionDescriptor.ofVoid(JAVA_LONG)).invokeExact(seed);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle handle(SymbolLookup symbols, String name, FunctionDescriptor type) {
    return Linker.nativeLinker().downcallHandle(symbols.find(name).orElseThrow(), type);
  }

  @Override
  public long allocate(long bytes) {
    try {
      long address = (long) allocate.invokeExact(bytes);
      if (address == 0) {
        throw new OutOfMemoryError("no memory for emulation");
      }
      memory(address, bytes).fill((byte) 0);
      return address;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void free(long address) {
    try {
      free.invokeExact(address);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MemorySegment memory(long address, long bytes) {
    return MemorySegment.ofAddress(address).reinterpret(bytes);
  }

  @Override
  public void write(long address, MemorySegment source) {
    memory(address, source.byteSize()).copyFrom(source);
  }

  @Override
  public void read(MemorySegment target, long address) {
    target.copyFrom(memory(address, target.byteSize()));
  }

  @Override
  public void copy(long to, long from, long bytes) {
    memory(to, bytes).copyFrom(memory(from, bytes));
  }

  @Override
  public void clear(long address, long bytes) {
    memory(address, bytes).fill((byte) 0);
  }

  @Override
  public long upload(MemorySegment source) {
    if (uploads == 0) {
      uploads = allocate(UPLOADS);
    }
    if (uploaded + source.byteSize() > UPLOADS) {
      uploaded = 0;
    }
    long address = uploads + uploaded;
    write(address, source);
    uploaded += Math.ceilDiv(source.byteSize(), UPLOAD_ALIGNMENT) * UPLOAD_ALIGNMENT;
    return address;
  }

  @Override
  public void launch(String kernel, Grid grid, int threads, int shared, Arguments arguments) {
    if (shared > sharedBytes) {
      throw new IllegalStateException("%s: %d bytes of shared memory".formatted(kernel, shared));
    }
    MemorySegment name = names.computeIfAbsent(kernel, arena::allocateFrom);
    try {
      int failed =
          (int)
              emulate.invokeExact(
                  name,
                  Math.toIntExact(grid.x()),
                  Math.toIntExact(grid.y()),
                  Math.toIntExact(grid.z()),
                  threads,
                  1,
                  1,
                  shared,
                  arguments.pointers(),
                  message,
                  MESSAGE_BYTES);
      if (failed != 0) {
        throw new IllegalStateException(kernel + ": " + message.getString(0));
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void repeat(Object name, Runnable work) {
    work.run();
  }

  @Override
  public void synchronize() {}

  @Override
  public Products products() {
    return products;
  }

  @Override
  public int processors() {
    return processors;
  }

  @Override
  public int sharedBytes() {
    return sharedBytes;
  }

  @Override
  public String describe() {
    return "CUDA by emulation";
  }

  @Override
  public void close() {
    if (uploads != 0) {
      free(uploads);
    }
    arena.close();
  }
}
