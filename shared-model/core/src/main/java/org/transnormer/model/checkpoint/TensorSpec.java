package org.transnormer.model.checkpoint;

import java.util.List;

/** Name and shape of a tensor that a model must have. */
public record TensorSpec(String name, List<Long> shape) {
  public TensorSpec {
    shape = List.copyOf(shape);
  }

  public long elements() {
    return shape.stream().reduce(1L, Math::multiplyExact);
  }
}
