package org.transnormer.model.checkpoint;

import java.util.List;

/**
 * One tensor of a safetensors file.
 *
 * @param shape outermost axis first; empty for a scalar
 * @param offset of the first byte, from the start of the file
 */
public record TensorInfo(String name, DType type, List<Long> shape, long offset, long bytes) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  public long elements() {
    return bytes / type.bytes();
  }
}
