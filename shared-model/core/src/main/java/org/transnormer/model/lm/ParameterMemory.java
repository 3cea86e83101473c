package org.transnormer.model.lm;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.parallel.Slices;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.TensorsByName;

/**
 * A model's parameters and gradients in one rank's memory: all of them, or this rank's slice and
 * room for what is being computed with. A pass says where it is; what it says is the same for every
 * pass, so that a backend can repeat it.
 */
public sealed interface ParameterMemory extends AutoCloseable
    permits WholeParameters, SharedParameters {

  static ParameterMemory of(Backend backend, ParameterLayout layout, Ranks ranks) {
    return shared(ranks)
        ? new SharedParameters(backend, layout, ranks.batch())
        : new WholeParameters(backend, layout);
  }

  private static boolean shared(Ranks ranks) {
    return ranks.sharding() == Sharding.EVERYTHING && ranks.batch().size() > 1;
  }

  /** Plans what {@link #of} takes. */
  static void plan(MemoryPlan plan, ParameterLayout layout, ElementType compute, Ranks ranks) {
    long kept = layout.elements();
    if (shared(ranks)) {
      kept = new Slices(kept, ranks.batch().size()).size(ranks.batch().rank());
    }
    plan.add("parameters", kept);
    plan.add("gradients", kept);
    if (compute != ElementType.F32) {
      plan.add("rounded parameters", compute, kept);
    }
    if (shared(ranks)) {
      plan.include(SharedParameters.windows(layout, compute));
    }
  }

  /** Bytes that a rank needs beside its slices where everything is shared. */
  static long windowBytes(ParameterLayout layout, ElementType compute) {
    return SharedParameters.windows(layout, compute).bytes();
  }

  KeptParameters kept();

  default ParameterLayout layout() {
    return kept().layout();
  }

  /** The parameters as floats: what an optimizer changes. */
  default Shares exact() {
    return kept().exact();
  }

  /**
   * The parameters as products read them: rounded to the type that the backend computes in, and
   * {@link #exact} where that is F32.
   */
  default Shares rounded() {
    return kept().rounded();
  }

  default Shares gradients() {
    return kept().gradients();
  }

  /**
   * Where layers find what they compute with.
   *
   * @param exact of use for those that {@link ParameterLayout#exact} names
   * @param rounded as products read them
   * @param gradients to be added to
   */
  record Here(TensorsByName exact, TensorsByName rounded, TensorsByName gradients) {}

  /** A block's tensors are what they should be from when a pass came to it until it goes on. */
  Here here();

  /** To be called when {@link #exact} was written. */
  void round();

  /** To be called by every rank when {@link #exact} and {@link #rounded} were updated. */
  void updated();

  /**
   * A pass begins, with block 0.
   *
   * @param back whether it will go back, adding to gradients
   */
  void begin(boolean back);

  /** A pass comes to a block, which follows the one before. */
  void forward(int block);

  /** A pass comes to a block on its way back. */
  void backward(int block);

  /**
   * A pass that went back is at its end: the sums of its gradients over the ranks may be needed.
   */
  void end();

  @Override
  void close();
}
