package org.transnormer.model.backend;

import java.util.List;
import org.transnormer.model.tensor.Tensor;

/**
 * Lightning Attention with decay: per head, S_t = lambda S_(t-1) + k_t v_t^T and o_t = q_t S_t,
 * computed in chunks (arXiv 2401.04658, algorithms 1 and 2, with the exact-state convention). Rows
 * of a sequence follow each other; a head's columns are contiguous. No scaling, no softmax.
 */
public interface Attention {

  /** Powers of lambda, prepared once for a layer. */
  interface Decay {
    int heads();
  }

  /**
   * @param rates per head; lambda = exp(-rate), formed in double
   */
  Decay decay(double[] rates);

  /** Rows that are computed together. */
  int chunk();

  /**
   * @param o [B T, H ev] overwritten
   * @param state [B, H, ek, ev] read as the state before the first row, overwritten with the one
   *     after the last
   * @param q [B T, H ek] read
   * @param k [B T, H ek] read
   * @param v [B T, H ev] read
   */
  void forward(Tensor o, Tensor state, Tensor q, Tensor k, Tensor v, Decay decay, int batch);

  /**
   * {@link #forward} that keeps what {@link #backward} needs.
   *
   * @param saved [B, H, ceil(T / chunk), ek, ev] overwritten with the state before each chunk
   */
  void forwardSaving(
      Tensor o, Tensor state, Tensor saved, Tensor q, Tensor k, Tensor v, Decay decay, int batch);

  /**
   * @param dq [B T, H ek] overwritten
   * @param dk [B T, H ek] overwritten
   * @param dv [B T, H ev] overwritten
   * @param dState [B, H, ek, ev] read as the gradient of the state after the last row, overwritten
   *     with that of the state before the first
   * @param dO [B T, H ev] read
   * @param saved read, from {@link #forwardSaving}
   */
  void backward(
      Tensor dq,
      Tensor dk,
      Tensor dv,
      Tensor dState,
      Tensor dO,
      Tensor q,
      Tensor k,
      Tensor v,
      Tensor saved,
      Decay decay,
      int batch);

  /**
   * One position of each of a batch of sequences; row i has the same bits whatever the other rows
   * are.
   *
   * @param o [M, H ev] overwritten
   * @param states M tensors [H, ek, ev], read and overwritten
   * @param q [M, H ek] read
   * @param k [M, H ek] read
   * @param v [M, H ev] read
   */
  void step(Tensor o, List<Tensor> states, Tensor q, Tensor k, Tensor v, Decay decay);
}
