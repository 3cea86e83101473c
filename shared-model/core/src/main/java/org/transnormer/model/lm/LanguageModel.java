package org.transnormer.model.lm;

import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.NamedTensors;

/**
 * What a trainer sees of a causal language model, whatever its family: parameters and gradients
 * with names, and the two passes over a batch. Everything lies in one backend's memory, planned
 * when the model was made.
 */
public interface LanguageModel extends AutoCloseable {

  ModelConfig config();

  NamedTensors parameters();

  /** In the same order as the parameters. */
  NamedTensors gradients();

  /** Whether weight decay applies to a parameter. */
  boolean decays(String parameter);

  /** Memory for activations and their gradients. */
  MemoryPlan plan();

  /**
   * The loss of a batch, and its gradient, which accumulates in {@link #gradients}.
   *
   * @param inputs sequences x length tokens
   * @param targets the token that follows each, or {@link
   *     org.transnormer.model.backend.Loss#IGNORE}
   */
  BatchLoss forwardBackward(int[] inputs, int[] targets, int sequences, int length);

  /** The loss of a batch alone. */
  BatchLoss forward(int[] inputs, int[] targets, int sequences, int length);

  @Override
  void close();
}
