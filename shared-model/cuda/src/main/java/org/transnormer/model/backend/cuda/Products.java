package org.transnormer.model.backend.cuda;

import org.transnormer.model.tensor.Tensor;

/** Products of matrices, c = a b or c += a b. */
interface Products {

  /**
   * @param x a matrix of two axes
   * @param transposed whether the factor is x's transpose
   */
  record Factor(Tensor x, boolean transposed) {

    static Factor of(Tensor x) {
      return new Factor(x, false);
    }

    static Factor transposed(Tensor x) {
      return new Factor(x, true);
    }

    long rows() {
      return transposed ? x.columns() : x.rows();
    }

    long columns() {
      return transposed ? x.rows() : x.columns();
    }
  }

  /**
   * @param accumulate whether the product is added to what c holds
   * @param a as b of one type
   */
  void multiply(boolean accumulate, Tensor c, Factor a, Factor b);

  String describe();
}
