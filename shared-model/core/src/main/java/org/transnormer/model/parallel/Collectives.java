package org.transnormer.model.parallel;

import java.util.List;
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
   * @param pieces one for each rank, dense, and of a size of its own; this rank's is overwritten
   *     with the sum over all ranks, the others keep what they held
   */
  void reduceScatter(List<Tensor> pieces);

  /**
   * @param pieces one for each rank, dense, and of a size of its own; each is overwritten with what
   *     its rank holds there
   */
  void allGather(List<Tensor> pieces);

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
