package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/** Elementwise operations. */
public interface Pointwise {

  /**
   * @param y [N, C] overwritten
   * @param x [N, C] read
   * @param group columns that {@link Activation#EXP} takes a maximum over; divides C
   */
  void activate(Tensor y, Tensor x, Activation activation, int group);

  /** {@link #activate(Tensor, Tensor, Activation, int)} with all columns as one group. */
  default void activate(Tensor y, Tensor x, Activation activation) {
    activate(y, x, activation, x.columns());
  }

  /**
   * dx = dy f'(x)
   *
   * @param dx [N, C] overwritten; may be {@code dy} itself
   * @param dy [N, C] read
   * @param x [N, C] read
   * @param group as in the forward pass
   */
  void activateBackward(Tensor dx, Tensor dy, Tensor x, Activation activation, int group);

  /** The same with all columns as one group. */
  default void activateBackward(Tensor dx, Tensor dy, Tensor x, Activation activation) {
    activateBackward(dx, dy, x, activation, x.columns());
  }

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
