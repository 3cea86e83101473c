package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/** Elementwise operations. */
public interface Pointwise {

  /**
   * @param y [N, C] overwritten
   * @param x [N, C] read
   */
  void activate(Tensor y, Tensor x, Activation activation);

  /**
   * dx = dy f'(x)
   *
   * @param dx [N, C] overwritten; may be {@code dy} itself
   * @param dy [N, C] read
   * @param x [N, C] read
   */
  void activateBackward(Tensor dx, Tensor dy, Tensor x, Activation activation);

  /**
   * h = a b
   *
   * @param h [N, C] overwritten
   * @param a [N, C] read
   * @param b [N, C] read
   */
  void multiply(Tensor h, Tensor a, Tensor b);

  /**
   * da = dh b, db = dh a
   *
   * @param da [N, C] overwritten
   * @param db [N, C] overwritten
   * @param dh [N, C] read
   * @param a [N, C] read
   * @param b [N, C] read
   */
  void multiplyBackward(Tensor da, Tensor db, Tensor dh, Tensor a, Tensor b);
}
