package org.transnormer.model.backend;

import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.Tensor;

/**
 * LRPE, learnable position features: at position p a head's x becomes [x cos(p theta); x sin(p
 * theta)], twice as wide (TransNormerLLM, released code).
 */
public interface Positions {

  /**
   * Cosines and sines of p theta, rounded as {@code rounding} says.
   *
   * @param cosines [P, H e] overwritten
   * @param sines [P, H e] overwritten
   * @param theta [H, e] read
   * @param positions P of them, one per row
   */
  void angles(Tensor cosines, Tensor sines, Tensor theta, long[] positions, PhaseRounding rounding);

  /**
   * @param y [N, H 2e] overwritten; per head the e cosine features, then the e sine features
   * @param x [N, H e] read
   * @param cosines [P, H e] read; row n of x uses row n mod P
   * @param sines [P, H e] read
   */
  void forward(Tensor y, Tensor x, Tensor cosines, Tensor sines, int heads);

  /**
   * @param dx [N, H e] overwritten
   * @param dTheta [H, e] accumulated
   * @param dy [N, H 2e] read
   * @param x [N, H e] read
   * @param positions of the P rows of the angles
   */
  void backward(
      Tensor dx,
      Tensor dTheta,
      Tensor dy,
      Tensor x,
      Tensor cosines,
      Tensor sines,
      long[] positions,
      int heads);
}
