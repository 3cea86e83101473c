package org.transnormer.model.backend.cuda;

import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Memory on the device. */
final class CudaStorage implements Storage {

  private final String name;
  private final long bytes;
  private final long address;
  private volatile boolean released;

  CudaStorage(String name, long bytes, long address) {
    this.name = name;
    this.bytes = bytes;
    this.address = address;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  long address() {
    return address;
  }

  void release() {
    released = true;
  }

  /** Address of a tensor's first element; here it is checked that it is ours and still there. */
  static long address(Tensor tensor) {
    if (!(tensor.storage() instanceof CudaStorage storage)) {
      throw new IllegalArgumentException(tensor + " is not in this backend's memory");
    }
    if (storage.released) {
      throw new IllegalStateException(tensor + " has been released");
    }
    return storage.address + tensor.offset() * tensor.type().bytes();
  }

  /** The part of a kernel's name that says what it works on. */
  static String suffix(Tensor tensor) {
    return switch (tensor.type()) {
      case F32 -> "f32";
      case BF16 -> "bf16";
      case I8 -> throw new IllegalArgumentException(tensor + " cannot be computed with here");
    };
  }

  /** {@link #suffix(Tensor)} of tensors that must be of one type. */
  static String suffix(Tensor first, Tensor... others) {
    for (Tensor other : others) {
      require(other, first.type());
    }
    return suffix(first);
  }

  static void require(Tensor tensor, ElementType type) {
    if (tensor.type() != type) {
      throw new IllegalArgumentException("%s must be of %s".formatted(tensor, type));
    }
  }
}
