package org.transnormer.model.parallel;

import org.transnormer.model.tensor.Tensor;

/**
 * What the ranks of a group say to each other. Every rank calls the same methods in the same order;
 * tensors have the same shape on all of them. Sums run over the ranks in an order that depends on
 * the group and the shape alone, so equal inputs give equal bits, on every rank the same.
 */
public interface Collectives {

  /** This process' place in the group, from 0 on. */
  int rank();

  /** N */
  int size();

  /**
   * @param x dense; overwritten with the sum over all ranks
   */
  void allReduce(Tensor x);

  /** Overwrites every element with its sum over all ranks. */
  void allReduce(double[] values);

  /**
   * @param flat [P, 1] this rank's slice is overwritten with the sum over all ranks; the other
   *     slices keep what they held
   */
  default void reduceScatter(Tensor flat, Slices slices) {
    reduceScatter(flat, slices, 0, slices.elements());
  }

  /**
   * @param flat [P, 1] what of its rows [from, to) is this rank's is overwritten with the sum over
   *     all ranks; the others keep what they held
   */
  void reduceScatter(Tensor flat, Slices slices, long from, long to);

  /**
   * @param flat [P, 1] each slice is overwritten with what its rank holds there
   */
  default void allGather(Tensor flat, Slices slices) {
    allGather(flat, slices, 0, slices.elements());
  }

  /**
   * @param flat [P, 1] of its rows [from, to), each is overwritten with what its rank holds there
   */
  void allGather(Tensor flat, Slices slices, long from, long to);

  /**
   * @param x dense; overwritten with what {@code root} holds, on every other rank
   */
  void broadcast(Tensor x, int root);

  /**
   * @param x dense, read; returns when it may be changed
   */
  void send(Tensor x, int to);

  /**
   * @param x dense, overwritten with what {@code from} sends next to this rank
   */
  void receive(Tensor x, int from);

  /** The group of those ranks that give the same {@code color}, in the order of this group. */
  Collectives split(int color);

  /**
   * The same group beside the backend's other work: what is asked for there begins when everything
   * asked for before is done, and the backend goes on meanwhile, until {@link #awaitAside}. Every
   * rank calls this.
   */
  default Collectives aside() {
    return this;
  }

  /** Makes what the backend is asked for from now on wait for what was begun {@link #aside}. */
  default void awaitAside() {}

  /** A group of one. */
  static Collectives alone() {
    return Alone.INSTANCE;
  }
}
