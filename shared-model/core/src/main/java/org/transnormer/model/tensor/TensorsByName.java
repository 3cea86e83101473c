package org.transnormer.model.tensor;

/** Tensors with names, some of which follow each other without a gap. */
public interface TensorsByName {

  /**
   * @throws IllegalArgumentException if there is none
   */
  Tensor get(String name);

  /** The tensors from {@code first} to {@code last}, as one matrix of {@code columns} columns. */
  Tensor range(String first, String last, int columns);
}
