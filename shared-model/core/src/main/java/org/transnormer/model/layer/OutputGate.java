package org.transnormer.model.layer;

import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * u = sigmoid(W_g2 W_g1 n), the third generation's output gate: through a few columns and back,
 * with nothing between the two products (TransNormerLLM3, released code).
 */
public final class OutputGate {

  private final Backend backend;
  private final Weights weights;
  private final Split split;

  public OutputGate(Backend backend, Weights weights, Split split) {
    this.backend = backend;
    this.split = split;
    this.weights = weights;
  }

  /**
   * Weights, or their gradients.
   *
   * @param down [g, d] W_g1
   * @param up [D, g] W_g2
   */
  public record Weights(Tensor down, Tensor up) {}

  /**
   * @param low [N, g] W_g1 n
   * @param linear [N, D] W_g2 W_g1 n
   * @param u [N, D] the gate
   */
  public record Activations(Tensor low, Tensor linear, Tensor u) {

    Activations rows(int count) {
      return new Activations(low.rows(0, count), linear.rows(0, count), u.rows(0, count));
    }
  }

  /** Where {@link Activations} will lie. */
  record Planned(MemoryPlan.Entry low, MemoryPlan.Entry linear, MemoryPlan.Entry u) {

    static Planned in(MemoryPlan plan, String prefix, int rows, int hidden, int rank) {
      return new Planned(
          plan.add(prefix + ".low", rows, rank),
          plan.add(prefix + ".linear", rows, hidden),
          plan.add(prefix + ".u", rows, hidden));
    }

    Activations in(Storage storage) {
      return new Activations(low.in(storage), linear.in(storage), u.in(storage));
    }
  }

  /**
   * @param n [N, d] read
   * @param a overwritten
   */
  void forward(Tensor n, Activations a) {
    backend.matmul().forward(Write.OVERWRITE, a.low, n, weights.down);
    backend.matmul().forward(Write.OVERWRITE, a.linear, a.low, weights.up);
    backend.pointwise().activate(a.u, a.linear, Activation.SIGMOID);
  }

  /** {@link #forward} of a few rows that belong to different sequences. */
  void step(Tensor n, Activations a) {
    backend.matmul().forwardFew(Write.OVERWRITE, a.low, n, weights.down);
    backend.matmul().forwardFew(Write.OVERWRITE, a.linear, a.low, weights.up);
    backend.pointwise().activate(a.u, a.linear, Activation.SIGMOID);
  }

  /**
   * @param dn [N, d] accumulated
   * @param n [N, d] read
   * @param a read; from {@link #forward}
   * @param g its {@code u} read as the gate's gradient; the others overwritten
   * @param dWeights accumulated
   */
  void backward(Tensor dn, Tensor n, Activations a, Activations g, Weights dWeights) {
    backend.pointwise().activateBackward(g.linear, g.u, a.linear, Activation.SIGMOID);
    backend.matmul().backwardWeight(dWeights.up, g.linear, a.low);
    backend.matmul().backwardInput(Write.OVERWRITE, g.low, g.linear, weights.up);
    split.sum(g.low);
    backend.matmul().backwardWeight(dWeights.down, g.low, n);
    backend.matmul().backwardInput(Write.ACCUMULATE, dn, g.low, weights.down);
  }
}
