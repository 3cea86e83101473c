package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/**
 * The output norm and gate of a token mixer whose columns lie on several devices: what one of them
 * computes before and after the sums of all rows were added up. {@link Norm#gatedForward} and
 * {@link Norm#gatedBackward} are the same where all columns lie together.
 */
public interface SplitNorm {

  /**
   * @param s [N, 1] overwritten with the sum of squares of each row
   * @param o [N, C] read
   */
  void squares(Tensor s, Tensor o);

  /**
   * z = u o r with r = (s / columns + eps)^(-1/2)
   *
   * @param z [N, C] overwritten
   * @param r [N, 1] read as s, the sums of squares over all columns, and overwritten with r
   * @param o [N, C] read
   * @param u [N, C] read
   * @param columns of all devices together
   */
  void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u, int columns);

  /**
   * @param s [N, 1] overwritten with the sum of dz u o r of each row
   * @param dz [N, C] read
   * @param o [N, C] read
   * @param u [N, C] read
   * @param r [N, 1] read
   */
  void products(Tensor s, Tensor dz, Tensor o, Tensor u, Tensor r);

  /**
   * dO = r (dz u - o r s / columns), dU = dz o r
   *
   * @param dO [N, C] overwritten
   * @param dU [N, C] overwritten
   * @param dz [N, C] read
   * @param o [N, C] read
   * @param u [N, C] read
   * @param r [N, 1] read
   * @param s [N, 1] read; the products of all columns
   */
  void gatedBackward(
      Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r, Tensor s, int columns);
}
