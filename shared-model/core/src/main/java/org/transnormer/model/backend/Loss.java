package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/** Cross-entropy of a row of logits against a target. */
public interface Loss {

  /** A target that counts for nothing. */
  int IGNORE = -100;

  /**
   * Nats per row; 0 where the target is {@link #IGNORE}.
   *
   * @param nats [N] host memory, overwritten from {@code from} on, before {@link Backend#finish}
   *     returns
   * @param logits [N, V] read
   * @param targets N of them from {@code from} on
   */
  void crossEntropy(double[] nats, Tensor logits, int[] targets, int from);

  /**
   * {@link #crossEntropy} and the gradient of scale (-log p + zLoss (log Z)^2), Z the sum of a
   * row's exponentials: the logits become scale ((1 + 2 zLoss log Z) softmax - one-hot), or 0 where
   * the target is {@link #IGNORE}. The nats are without the term in zLoss.
   *
   * @param logits [N, V] read and overwritten
   * @param scale usually 1 / number of targets that count
   */
  void crossEntropyBackward(
      double[] nats, Tensor logits, int[] targets, int from, double scale, double zLoss);

  /** The same without a term in Z. */
  default void crossEntropyBackward(
      double[] nats, Tensor logits, int[] targets, int from, double scale) {
    crossEntropyBackward(nats, logits, targets, from, scale, 0);
  }
}
