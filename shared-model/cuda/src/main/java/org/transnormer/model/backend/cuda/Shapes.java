package org.transnormer.model.backend.cuda;

import org.transnormer.model.tensor.Tensor;

/** Checks before addresses are used. */
final class Shapes {

  private Shapes() {}

  static void matrix(String name, Tensor x, long rows, int columns) {
    if (x.rows() != rows || x.columns() != columns) {
      throw new IllegalArgumentException(
          "%s must be [%d, %d], is %s".formatted(name, rows, columns, x));
    }
  }

  static void dense(String name, Tensor x, long elements) {
    if (!x.dense() || x.elements() != elements) {
      throw new IllegalArgumentException(
          "%s must be dense with %d elements, is %s".formatted(name, elements, x));
    }
  }
}
