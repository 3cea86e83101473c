package org.transnormer.model.layer;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.tensor.Tensor;

/**
 * The ranks among which a layer's heads and inner columns are split (TransNormerLLM, arXiv
 * 2307.14995, appendix on model parallelism): each has the rows of the first products and the
 * columns of the last one that belong to its heads, so that one sum going in and one coming out
 * make a layer whole again. The residual stream is the same on all of them.
 *
 * @param group alone for a layer that is whole
 */
public record Split(Collectives group) {

  /** A layer in one place. */
  public static final Split WHOLE = new Split(Collectives.alone());

  boolean whole() {
    return group.size() == 1;
  }

  /** Columns of all ranks together. */
  int columns(Tensor own) {
    return own.columns() * group.size();
  }

  /**
   * To be called before every rank accumulates its share of a product.
   *
   * @param x stays as it is on one rank, and is cleared on the others
   */
  void beforeShares(Backend backend, Tensor x) {
    if (group.rank() > 0) {
      backend.clear(x);
    }
  }

  /**
   * @param x overwritten with the sum of all ranks' shares
   */
  void sum(Tensor x) {
    group.allReduce(x);
  }
}
