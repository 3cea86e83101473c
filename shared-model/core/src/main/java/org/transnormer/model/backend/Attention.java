package org.transnormer.model.backend;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.tensor.Tensor;

/**
 * Lightning Attention with decay: per head, S_t = lambda S_(t-1) + k_t v_t^T and o_t = q_t S_t,
 * computed in chunks (arXiv 2401.04658, algorithms 1 and 2, with the exact-state convention). Rows
 * of a sequence follow each other; a head's columns are contiguous. No scaling, no softmax.
 *
 * <p>Several documents can share a sequence: {@code starts} says for each of the B T rows at which
 * position of its sequence its document begins, and {@link #CONTINUES} for a document that began
 * before the sequence did. The state is forgotten where a document begins: a document's outputs are
 * those that it would have alone, only the first may see the state that came in, and the state that
 * goes out is the last one's.
 */
public interface Attention {

  /** The start of a document that began before its sequence. */
  int CONTINUES = -1;

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
   * @param starts B T of them; null for sequences of one document
   */
  void forward(
      Tensor o,
      Tensor state,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      int @Nullable [] starts,
      int batch);

  /** The same for sequences of one document. */
  default void forward(
      Tensor o, Tensor state, Tensor q, Tensor k, Tensor v, Decay decay, int batch) {
    forward(o, state, q, k, v, decay, null, batch);
  }

  /**
   * {@link #forward} that keeps what {@link #backward} needs.
   *
   * @param saved [B, H, ceil(T / chunk), ek, ev] overwritten with the state before each chunk
   */
  void forwardSaving(
      Tensor o,
      Tensor state,
      Tensor saved,
      Tensor q,
      Tensor k,
      Tensor v,
      Decay decay,
      int @Nullable [] starts,
      int batch);

  /** The same for sequences of one document. */
  default void forwardSaving(
      Tensor o, Tensor state, Tensor saved, Tensor q, Tensor k, Tensor v, Decay decay, int batch) {
    forwardSaving(o, state, saved, q, k, v, decay, null, batch);
  }

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
      int @Nullable [] starts,
      int batch);

  /** The same for sequences of one document. */
  default void backward(
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
      int batch) {
    backward(dq, dk, dv, dState, dO, q, k, v, saved, decay, null, batch);
  }

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
