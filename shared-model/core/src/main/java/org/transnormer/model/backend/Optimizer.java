package org.transnormer.model.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.tensor.Tensor;

/** What an update of the parameters needs. */
public interface Optimizer {

  /**
   * One AdamW update with decoupled weight decay (Loshchilov and Hutter, 2019): w shrinks by (1 -
   * lr decay), then moves by lr (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + eps).
   *
   * @param step t, the first is 1
   * @param gradientScale multiplies the gradient first; the clipping factor
   */
  record AdamW(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      long step,
      double gradientScale) {}

  /** Sum of squares over a dense tensor, in double across blocks of fixed size. */
  double sumOfSquares(Tensor x);

  /** {@link #sumOfSquares} of each; a device is waited for once. */
  default double[] sumsOfSquares(List<Tensor> xs) {
    return xs.stream().mapToDouble(this::sumOfSquares).toArray();
  }

  /**
   * @param w dense, read and overwritten
   * @param m dense, read and overwritten; first moment
   * @param v dense, read and overwritten; second moment
   * @param g dense, read
   * @param rounded dense, of the type that the backend computes in: overwritten with the new w
   *     rounded to it; null where nothing is kept beside w
   */
  void adamW(Tensor w, Tensor m, Tensor v, Tensor g, @Nullable Tensor rounded, AdamW update);

  /** The same without a rounded copy. */
  default void adamW(Tensor w, Tensor m, Tensor v, Tensor g, AdamW update) {
    adamW(w, m, v, g, null, update);
  }
}
