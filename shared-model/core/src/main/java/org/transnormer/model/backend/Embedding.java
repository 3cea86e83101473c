package org.transnormer.model.backend;

import org.transnormer.model.tensor.Tensor;

/** Rows of a table by token. */
public interface Embedding {

  /**
   * x[n] = scale table[tokens[n]]
   *
   * @param x [N, d] overwritten
   * @param table [V, d] read; of any element type
   * @param tokens N of them from {@code from} on
   */
  void forward(Tensor x, Tensor table, int[] tokens, int from, double scale);

  /**
   * dTable[tokens[n]] += scale dx[n], in the order of n
   *
   * @param dTable [V, d] accumulated
   * @param dx [N, d] read
   * @param padToken whose row is left alone; -1 for none
   */
  void backward(Tensor dTable, Tensor dx, int[] tokens, int from, double scale, int padToken);
}
