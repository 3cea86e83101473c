package org.transnormer.model.backend;

import java.util.List;
import org.transnormer.model.tensor.Tensor;

/** Chooses next tokens where the logits are, so that only the tokens leave the device. */
public interface TokenChoice {

  /** Chosen where the largest logit is no finite number. */
  int NONE = -1;

  /**
   * How one row's token is chosen; as {@code generate.Sampling}, with its random number.
   *
   * @param temperature 0 takes the most likely token
   * @param topP in (0, 1]
   * @param topK 0 keeps all
   * @param uniform in [0, 1)
   */
  record Rule(double temperature, double topP, int topK, double uniform) {}

  /**
   * @param tokens host memory, overwritten from {@code from} on, before {@link Backend#finish}
   *     returns
   * @param logits [M, V] of floats, read
   * @param rules M of them from {@code from} on
   */
  void choose(int[] tokens, Tensor logits, List<Rule> rules, int from);
}
