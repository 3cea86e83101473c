package org.transnormer.model.layer;

import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * x += SGLU(SRMS(x)), with SGLU(n) = W_3 ((W_1 n) (W_2 n)) and no activation (arXiv 2307.14995, eq.
 * 12). W_1 and W_2 lie behind each other and are one product.
 */
public final class ChannelMixer {

  private final Backend backend;
  private final int glu;
  private final Tensor w12;
  private final Tensor w3;
  private final Split split;

  /**
   * @param w12 [2 f, d] W_1, then W_2
   * @param w3 [d, f]
   */
  public ChannelMixer(Backend backend, Tensor w12, Tensor w3) {
    this(backend, w12, w3, Split.WHOLE);
  }

  /** A rank's part: f is its share of the inner columns. */
  public ChannelMixer(Backend backend, Tensor w12, Tensor w3, Split split) {
    this.backend = backend;
    this.split = split;
    this.glu = w3.columns();
    this.w12 = w12;
    this.w3 = w3;
  }

  /**
   * What the forward pass leaves for the backward pass.
   *
   * @param n [N, d] SRMS(x)
   * @param r [N, 1] its factors
   * @param g [N, 2 f] W_1 n and W_2 n
   * @param h [N, f] their product, which the backward pass makes again: layers can share it
   */
  public record Activations(Tensor n, Tensor r, Tensor g, Tensor h, Tensor a, Tensor b) {

    Activations(Tensor n, Tensor r, Tensor g, Tensor h) {
      this(n, r, g, h, g.columns(0, h.columns()), g.columns(h.columns(), g.columns()));
    }

    public Activations rows(int count) {
      return new Activations(
          n.rows(0, count), r.rows(0, count), g.rows(0, count), h.rows(0, count));
    }
  }

  /** Where {@link Activations} will lie. */
  public record Planned(
      MemoryPlan.Entry n, MemoryPlan.Entry r, MemoryPlan.Entry g, MemoryPlan.Entry h) {

    /**
     * @param h planned before, see {@link #product}
     */
    public static Planned in(
        MemoryPlan plan, String prefix, int rows, int width, MemoryPlan.Entry h) {
      long glu = h.shape()[1];
      return new Planned(
          plan.add(prefix + ".n", rows, width),
          plan.add(prefix + ".r", ElementType.F32, rows, 1),
          plan.add(prefix + ".g", rows, 2 * glu),
          h);
    }

    /** The place of h. */
    public static MemoryPlan.Entry product(MemoryPlan plan, String prefix, int rows, int glu) {
      return plan.add(prefix + ".h", rows, glu);
    }

    public Activations in(Storage storage) {
      return new Activations(n.in(storage), r.in(storage), g.in(storage), h.in(storage));
    }
  }

  /**
   * @param x [N, d] accumulated
   * @param a overwritten
   */
  public void forward(Tensor x, Activations a) {
    backend.norm().forward(a.n, a.r, x);
    backend.matmul().forward(Write.OVERWRITE, a.g, a.n, w12);
    backend.pointwise().multiply(a.h, a.a, a.b);
    split.beforeShares(backend, x);
    backend.matmul().forward(Write.ACCUMULATE, x, a.h, w3);
    split.sum(x);
  }

  /** {@link #forward} of a few rows that belong to different sequences. */
  public void step(Tensor x, Activations a) {
    backend.decoding().normGlu(a.h, a.g, a.n, a.r, x, w12);
    backend.decoding().addProduct(x, a.h, w3);
  }

  /**
   * @param dx [N, d] read, and accumulated
   * @param a read, but for its {@code h}
   * @param scratch overwritten; the gradients of the activations, in their shapes
   * @param dw12 accumulated
   * @param dw3 accumulated
   */
  public void backward(Tensor dx, Activations a, Activations scratch, Tensor dw12, Tensor dw3) {
    backend.pointwise().multiply(scratch.h, a.a, a.b);
    backend.matmul().backwardWeight(dw3, dx, scratch.h);
    backend.matmul().backwardInput(Write.OVERWRITE, scratch.h, dx, w3);
    backend.pointwise().multiplyBackward(scratch.a, scratch.b, scratch.h, a.a, a.b);
    backend.matmul().backwardWeight(dw12, scratch.g, a.n);
    backend.matmul().backwardInput(Write.OVERWRITE, scratch.n, scratch.g, w12);
    split.sum(scratch.n);
    backend.norm().backward(Write.ACCUMULATE, dx, scratch.n, a.n, a.r);
  }

  /** f */
  public int gluWidth() {
    return glu;
  }
}
