package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/**
 * SRMSNorm: y = x r with r = (mean(x^2) + eps)^(-1/2) per row, no gain (TransNormerLLM, arXiv
 * 2307.14995; eps inside the root as in the released code).
 */
public interface Norm {

  /** The released models' eps. */
  double EPSILON = 1e-6;

  /**
   * @param y [N, C] overwritten
   * @param r [N, 1] overwritten
   * @param x [N, C] read
   */
  void forward(Tensor y, Tensor r, Tensor x);

  /**
   * dx = r (dy - y mean(dy y))
   *
   * @param dx [N, C] written as {@code write} says
   * @param dy [N, C] read
   * @param y [N, C] read
   * @param r [N, 1] read
   */
  void backward(Write write, Tensor dx, Tensor dy, Tensor y, Tensor r);

  /**
   * z = u SRMS(o), the norm and the output gate of a token mixer in one pass.
   *
   * @param z [N, C] overwritten
   * @param r [N, 1] overwritten
   * @param o [N, C] read
   * @param u [N, C] read
   */
  void gatedForward(Tensor z, Tensor r, Tensor o, Tensor u);

  /**
   * @param dO [N, C] overwritten
   * @param dU [N, C] overwritten
   * @param dz [N, C] read
   * @param o [N, C] read
   * @param u [N, C] read
   * @param r [N, 1] read
   */
  void gatedBackward(Tensor dO, Tensor dU, Tensor dz, Tensor o, Tensor u, Tensor r);
}
