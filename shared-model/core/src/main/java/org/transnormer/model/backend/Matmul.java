package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/**
 * Products with weights, which lie as [out, in]. Going forward, w may be of any element type; it is
 * widened to floats as it is read, everything else is floats.
 */
public interface Matmul {

  /**
   * y = x w^T
   *
   * @param y [N, O] written as {@code write} says
   * @param x [N, I] read
   * @param w [O, I] read, dense
   */
  void forward(Write write, Tensor y, Tensor x, Tensor w);

  /**
   * {@link #forward} for a handful of rows, at the speed of reading w once. Row i has the same bits
   * whatever the other rows are and however many.
   */
  void forwardFew(Write write, Tensor y, Tensor x, Tensor w);

  /**
   * dx = dy w
   *
   * @param dx [N, I] written as {@code write} says
   * @param dy [N, O] read
   * @param w [O, I] read, dense
   */
  void backwardInput(Write write, Tensor dx, Tensor dy, Tensor w);

  /**
   * dw += dy^T x
   *
   * @param dw [O, I] accumulated, dense
   * @param dy [N, O] read
   * @param x [N, I] read
   */
  void backwardWeight(Tensor dw, Tensor dy, Tensor x);
}
