package org.transnormer.model.lm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Tensor;

/**
 * What a trainer sees of a causal language model, whatever its family: parameters and gradients
 * with names, and the two passes over a batch. Everything lies in one backend's memory, planned
 * when the model was made.
 */
public interface LanguageModel extends AutoCloseable {

  ModelConfig config();

  /** Where parameters and gradients lie on this rank. */
  ParameterMemory memory();

  /**
   * All parameters.
   *
   * @throws IllegalStateException if ranks share them
   */
  default NamedTensors parameters() {
    return whole().parameters();
  }

  /**
   * All parameters as products read them: rounded to the type that the backend computes in, and the
   * parameters themselves where that is F32.
   *
   * @throws IllegalStateException if ranks share them
   */
  default NamedTensors rounded() {
    return whole().roundedParameters();
  }

  /**
   * All gradients, in the same order as the parameters.
   *
   * @throws IllegalStateException if ranks share them
   */
  default NamedTensors gradients() {
    return whole().parameterGradients();
  }

  private WholeParameters whole() {
    if (memory() instanceof WholeParameters whole) {
      return whole;
    }
    throw new IllegalStateException("no rank has all parameters");
  }

  /** To be called when parameters were written, except by an update that rounds them itself. */
  default void round() {
    memory().round();
  }

  /** Whether weight decay applies to a parameter. */
  boolean decays(String parameter);

  /** The shape that a parameter has where it is whole, as in files. */
  long[] wholeShape(String parameter);

  /** Whether every rank that has a part of this model has the whole of a parameter. */
  boolean replicated(String parameter);

  /**
   * A parameter, or something of its shape, as a whole; every rank that has a part of it calls
   * this.
   *
   * @param own this rank's part
   * @return floats, to be read before the tensor changes
   */
  MemorySegment whole(String parameter, Tensor own, Arena arena);

  /**
   * @param own overwritten with this rank's part
   * @param whole floats of a whole parameter, or of something of its shape
   */
  void take(String parameter, Tensor own, MemorySegment whole);

  /**
   * @param target keeps this rank's share
   * @param whole floats of a whole parameter, or of something of its shape
   */
  default void take(String parameter, Shares target, MemorySegment whole) {
    ParameterLayout layout = memory().layout();
    target.write(
        layout.from(parameter), layout.shape(parameter), own -> take(parameter, own, whole));
  }

  /** Memory for activations and their gradients. */
  MemoryPlan plan();

  /** The loss of a batch; the objective's gradient accumulates in the gradients. */
  default BatchLoss forwardBackward(TokenBatch batch, Objective objective) {
    return forwardBackward(batch, objective, GradientListener.NONE);
  }

  /** The same, telling how far the gradients are. */
  BatchLoss forwardBackward(TokenBatch batch, Objective objective, GradientListener listener);

  /** The mean loss of sequences of one document each, and its gradient. */
  default BatchLoss forwardBackward(int[] inputs, int[] targets, int sequences, int length) {
    TokenBatch batch = TokenBatch.of(inputs, targets, sequences, length);
    return forwardBackward(batch, Objective.meanOver(batch.counting()));
  }

  /** The loss of a batch alone. */
  BatchLoss forward(TokenBatch batch);

  /** {@link #forward(TokenBatch)} of sequences of one document each. */
  default BatchLoss forward(int[] inputs, int[] targets, int sequences, int length) {
    return forward(TokenBatch.of(inputs, targets, sequences, length));
  }

  /** Sees what a forward pass computes, for comparisons with a reference. */
  @FunctionalInterface
  interface Inspector {

    /**
     * @param name as in reference files, for example {@code act.layers.0.mid}; a tensor that is
     *     computed a stretch of rows at a time comes several times, in order
     * @param x to be read before returning
     */
    void see(String name, Tensor x);
  }

  /** A forward pass that shows everything that a reference file of this family may name. */
  void inspect(TokenBatch batch, Inspector inspector);

  @Override
  void close();
}
