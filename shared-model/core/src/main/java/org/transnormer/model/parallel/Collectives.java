package org.transnormer.model.parallel;

import org.transnormer.model.tensor.Tensor;

/**
 * What the ranks of a group say to each other. Every rank calls the same methods in the same order;
 * tensors have the same shape on all of them. Sums run over the ranks in their order, so equal
 * inputs give equal bits, on every rank the same.
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
  void reduceScatter(Tensor flat, Slices slices);

  /**
   * @param flat [P, 1] each slice is overwritten with what its rank holds there
   */
  void allGather(Tensor flat, Slices slices);

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

  /** A group of one. */
  static Collectives alone() {
    return Alone.INSTANCE;
  }
}
