package org.transnormer.model.backend;

import java.util.List;
import org.transnormer.model.tensor.Tensor;

/**
 * What a decoding step does with its rows, one of each of a few sequences. Every operation is a
 * sequence of others, which {@link ComposedDecoding} shows; a device may do it in one go. The bits
 * are those of the others either way, so a row has the same ones whatever the other rows are.
 *
 * <p>Tensors called work hold nothing in particular afterwards.
 */
public interface Decoding {

  /**
   * y = SRMS(x) w^T
   *
   * @param y [M, O] overwritten
   * @param n [M, I] work
   * @param r [M, 1] work
   * @param x [M, I] read
   * @param w [O, I] read, dense
   */
  void normProduct(Tensor y, Tensor n, Tensor r, Tensor x, Tensor w);

  /**
   * h = (SRMS(x) w1^T) (SRMS(x) w2^T)
   *
   * @param h [M, f] overwritten
   * @param g [M, 2 f] work
   * @param n [M, I] work
   * @param r [M, 1] work
   * @param x [M, I] read
   * @param w12 [2 f, I] read, dense: w1, then w2
   */
  void normGlu(Tensor h, Tensor g, Tensor n, Tensor r, Tensor x, Tensor w12);

  /**
   * x += (u SRMS(o)) w^T
   *
   * @param x [M, d] accumulated
   * @param z [M, D] work
   * @param r [M, 1] work
   * @param o [M, D] read
   * @param u [M, D] read
   * @param w [d, D] read, dense
   */
  void gatedProduct(Tensor x, Tensor z, Tensor r, Tensor o, Tensor u, Tensor w);

  /**
   * x += h w^T
   *
   * @param x [M, d] accumulated
   * @param h [M, f] read
   * @param w [d, f] read, dense
   */
  void addProduct(Tensor x, Tensor h, Tensor w);

  /**
   * An activation, and one position of attention.
   *
   * @param o [M, D] overwritten
   * @param states M tensors [H, e, e], read and overwritten
   * @param qkv [M, 3 D or more] read; q, k and v before the activation
   * @param activated [M, 2 D or 3 D] work; as many columns as the activation is on
   * @param group columns that {@link Activation#EXP} takes a maximum over
   */
  void attention(
      Tensor o,
      List<Tensor> states,
      Tensor qkv,
      Tensor activated,
      Activation activation,
      int group,
      Attention.Decay decay);
}
