package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/** Cross-entropy of a row of logits against a target. */
public interface Loss {

  /** A target that counts for nothing. */
  int IGNORE = -100;

  /**
   * Nats per row; 0 where the target is {@link #IGNORE}.
   *
   * @param nats [N] host memory, overwritten from {@code from} on
   * @param logits [N, V] read
   * @param targets N of them from {@code from} on
   */
  void crossEntropy(double[] nats, Tensor logits, int[] targets, int from);

  /**
   * {@link #crossEntropy} and its gradient: the logits become scale (softmax - one-hot), or 0 where
   * the target is {@link #IGNORE}.
   *
   * @param logits [N, V] read and overwritten
   * @param scale usually 1 / number of targets that count
   */
  void crossEntropyBackward(double[] nats, Tensor logits, int[] targets, int from, double scale);
}
