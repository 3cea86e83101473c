package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Memory outside the Java heap, zeroed at first. */
final class CpuStorage implements Storage {

  private final String name;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;

  CpuStorage(String name, long bytes) {
    this.name = name;
    try {
      this.memory = Pages.allocate(bytes, arena);
    } catch (OutOfMemoryError e) {
      arena.close();
      throw e;
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long bytes() {
    return memory.byteSize();
  }

  void release() {
    arena.close();
  }

  /**
   * Address of a tensor's first element. Kernels read and write at addresses, so this is where it
   * is checked that the memory is this backend's and still there; that the tensor lies inside it
   * was checked when it was made.
   */
  static long address(Tensor tensor) {
    return address(tensor, ElementType.F32);
  }

  /** {@link #address(Tensor)} of a tensor of another element type. */
  static long address(Tensor tensor, ElementType type) {
    if (tensor.type() != type) {
      throw new IllegalArgumentException("%s must be of %s".formatted(tensor, type));
    }
    CpuStorage storage = of(tensor);
    if (!storage.arena.scope().isAlive()) {
      throw new IllegalStateException(tensor + " has been released");
    }
    return storage.memory.address() + tensor.offset() * type.bytes();
  }

  /** A dense tensor as host memory. */
  static MemorySegment memory(Tensor tensor) {
    return slice(tensor, tensor.offset(), tensor.elements());
  }

  /** Rows of a tensor as host memory. */
  static MemorySegment row(Tensor tensor, long row) {
    return slice(tensor, tensor.offset() + row * tensor.rowStride(), tensor.columns());
  }

  /**
   * Copies a row of floats into host memory, by no view that would have to be collected.
   *
   * @param target overwritten from {@code at} (bytes) on
   */
  static void copyRow(MemorySegment target, long at, Tensor tensor, long row) {
    long first = tensor.offset() + row * tensor.rowStride();
    long bytes = (long) tensor.columns() * Float.BYTES;
    MemorySegment.copy(of(tensor).memory, first * Float.BYTES, target, at, bytes);
  }

  private static MemorySegment slice(Tensor tensor, long first, long elements) {
    int bytes = tensor.type().bytes();
    return of(tensor).memory.asSlice(first * bytes, elements * bytes);
  }

  private static CpuStorage of(Tensor tensor) {
    if (tensor.storage() instanceof CpuStorage storage) {
      return storage;
    }
    throw new IllegalArgumentException(tensor + " is not in this backend's memory");
  }
}
