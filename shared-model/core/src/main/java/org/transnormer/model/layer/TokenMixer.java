package org.transnormer.model.layer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * x += GLA(SRMS(x)), gated linear attention (arXiv 2307.14995, eq. 11, as in the released code):
 * one projection to q, k, v and u; an activation on q and k; position features on them in some
 * layers; Lightning Attention; the norm over all heads together; the gate u; W_o.
 */
public final class TokenMixer {

  private final Backend backend;
  private final Sizes sizes;
  private final Activation activation;
  private final Decay decay;
  private final Weights weights;

  public TokenMixer(
      Backend backend, Sizes sizes, Activation activation, double[] decayRates, Weights weights) {
    this.backend = backend;
    this.sizes = sizes;
    this.activation = activation;
    this.decay = backend.attention().decay(decayRates);
    this.weights = weights;
  }

  /**
   * @param width d
   * @param heads H
   * @param lrpe whether q and k carry position features, and are twice as wide then
   */
  public record Sizes(int width, int heads, boolean lrpe) {

    int keyWidth() {
      return lrpe ? 2 * width : width;
    }

    /** The shape of one sequence's state, H ek x ev. */
    public long[] stateShape() {
      return new long[] {keyWidth(), width / heads};
    }
  }

  /**
   * Weights, or their gradients.
   *
   * @param qkvu [4 d, d] rows q, k, v, u
   * @param out [d, d] W_o
   * @param theta [H, e] in layers with position features
   */
  public record Weights(Tensor qkvu, Tensor out, @Nullable Tensor theta) {}

  /**
   * What the forward pass leaves for the backward pass.
   *
   * @param n [N, d] SRMS(x)
   * @param r [N, 1] its factors
   * @param qkvu [N, 4 d] before the activation
   * @param qk [N, 2 d] q and k after it
   * @param o [N, d] attention's output
   * @param ro [N, 1] factors of its norm
   * @param z [N, d] u SRMS(o)
   * @param lrpe in layers with position features
   */
  public record Activations(
      Tensor n,
      Tensor r,
      Tensor qkvu,
      Tensor qk,
      Tensor o,
      Tensor ro,
      Tensor z,
      @Nullable Features lrpe,
      Views views) {

    Activations(
        Tensor n,
        Tensor r,
        Tensor qkvu,
        Tensor qk,
        Tensor o,
        Tensor ro,
        Tensor z,
        @Nullable Features lrpe) {
      this(n, r, qkvu, qk, o, ro, z, lrpe, Views.of(qkvu, qk));
    }

    public Activations rows(int count) {
      return new Activations(
          n.rows(0, count),
          r.rows(0, count),
          qkvu.rows(0, count),
          qk.rows(0, count),
          o.rows(0, count),
          ro.rows(0, count),
          z.rows(0, count),
          lrpe == null ? null : lrpe.rows(count));
    }

    /** Queries as attention reads them. */
    Tensor queries() {
      return lrpe == null ? views.q : lrpe.q;
    }

    Tensor keys() {
      return lrpe == null ? views.k : lrpe.k;
    }
  }

  /**
   * @param q [N, 2 d] queries with position features
   * @param k [N, 2 d]
   * @param cosines [P, d]
   * @param sines [P, d]
   */
  public record Features(Tensor q, Tensor k, Tensor cosines, Tensor sines) {

    Features rows(int count) {
      int angles = Math.toIntExact(Math.min(count, cosines.rows()));
      return new Features(
          q.rows(0, count), k.rows(0, count), cosines.rows(0, angles), sines.rows(0, angles));
    }
  }

  /** Columns of the wide tensors. */
  record Views(Tensor q, Tensor k, Tensor linearQk, Tensor v, Tensor u) {

    static Views of(Tensor qkvu, Tensor qk) {
      int width = qk.columns() / 2;
      return new Views(
          qk.columns(0, width),
          qk.columns(width, 2 * width),
          qkvu.columns(0, 2 * width),
          qkvu.columns(2 * width, 3 * width),
          qkvu.columns(3 * width, 4 * width));
    }
  }

  /** Where {@link Activations} will lie. */
  public record Planned(List<MemoryPlan.Entry> entries, boolean lrpe) {

    /**
     * @param positions P, rows of the tables of angles
     */
    public static Planned in(MemoryPlan plan, String prefix, int rows, int positions, Sizes sizes) {
      int d = sizes.width;
      List<MemoryPlan.Entry> entries =
          new ArrayList<>(
              List.of(
                  plan.add(prefix + ".n", rows, d),
                  plan.add(prefix + ".r", rows, 1),
                  plan.add(prefix + ".qkvu", rows, 4 * d),
                  plan.add(prefix + ".qk", rows, 2 * d),
                  plan.add(prefix + ".o", rows, d),
                  plan.add(prefix + ".ro", rows, 1),
                  plan.add(prefix + ".z", rows, d)));
      if (sizes.lrpe) {
        entries.add(plan.add(prefix + ".lrpe.q", rows, 2 * d));
        entries.add(plan.add(prefix + ".lrpe.k", rows, 2 * d));
        entries.add(plan.add(prefix + ".lrpe.cos", positions, d));
        entries.add(plan.add(prefix + ".lrpe.sin", positions, d));
      }
      return new Planned(List.copyOf(entries), sizes.lrpe);
    }

    public Activations in(Storage storage) {
      List<Tensor> t = entries.stream().map(entry -> entry.in(storage)).toList();
      return new Activations(
          t.get(0),
          t.get(1),
          t.get(2),
          t.get(3),
          t.get(4),
          t.get(5),
          t.get(6),
          lrpe ? new Features(t.get(7), t.get(8), t.get(9), t.get(10)) : null);
    }
  }

  /**
   * Rows of {@code batch} sequences of equal length.
   *
   * @param x [B T, d] accumulated
   * @param a overwritten
   * @param state [B, H, ek, ev] read, and overwritten with the state after the last row
   * @param saved [B, H, chunks, ek, ev] overwritten for {@link #backward}; null keeps nothing
   * @param positions of the T rows of each sequence
   */
  public void forward(
      Tensor x, Activations a, Tensor state, @Nullable Tensor saved, long[] positions, int batch) {
    backend.norm().forward(a.n, a.r, x);
    backend.matmul().forward(Write.OVERWRITE, a.qkvu, a.n, weights.qkvu);
    prepareQueriesAndKeys(a, positions);
    if (saved == null) {
      backend.attention().forward(a.o, state, a.queries(), a.keys(), a.views.v, decay, batch);
    } else {
      backend
          .attention()
          .forwardSaving(a.o, state, saved, a.queries(), a.keys(), a.views.v, decay, batch);
    }
    backend.norm().gatedForward(a.z, a.ro, a.o, a.views.u);
    backend.matmul().forward(Write.ACCUMULATE, x, a.z, weights.out);
  }

  /**
   * One row of each of M sequences.
   *
   * @param x [M, d] accumulated
   * @param states M tensors [H, ek, ev], read and overwritten
   * @param positions of the M rows
   */
  public void step(Tensor x, Activations a, List<Tensor> states, long[] positions) {
    backend.norm().forward(a.n, a.r, x);
    backend.matmul().forwardFew(Write.OVERWRITE, a.qkvu, a.n, weights.qkvu);
    prepareQueriesAndKeys(a, positions);
    backend.attention().step(a.o, states, a.queries(), a.keys(), a.views.v, decay);
    backend.norm().gatedForward(a.z, a.ro, a.o, a.views.u);
    backend.matmul().forwardFew(Write.ACCUMULATE, x, a.z, weights.out);
  }

  private void prepareQueriesAndKeys(Activations a, long[] positions) {
    backend.pointwise().activate(a.qk, a.views.linearQk, activation);
    if (a.lrpe != null && weights.theta != null) {
      Features f = a.lrpe;
      backend.positions().angles(f.cosines, f.sines, weights.theta, positions);
      backend.positions().forward(f.q, a.views.q, f.cosines, f.sines, sizes.heads);
      backend.positions().forward(f.k, a.views.k, f.cosines, f.sines, sizes.heads);
    }
  }

  /**
   * @param dx [N, d] read, and accumulated
   * @param a read; from {@link #forward}
   * @param g overwritten; gradients of the activations, in their shapes
   * @param saved read; from {@link #forward}
   * @param dState [B, H, ek, ev] read as the gradient of the state after the last row, overwritten
   *     with that of the state before the first
   * @param dWeights accumulated
   */
  public void backward(
      Tensor dx,
      Activations a,
      Activations g,
      Tensor saved,
      Tensor dState,
      Weights dWeights,
      long[] positions,
      int batch) {
    backend.matmul().backwardWeight(dWeights.out, dx, a.z);
    backend.matmul().backwardInput(Write.OVERWRITE, g.z, dx, weights.out);
    backend.norm().gatedBackward(g.o, g.views.u, g.z, a.o, a.views.u, a.ro);
    backend
        .attention()
        .backward(
            g.queries(),
            g.keys(),
            g.views.v,
            dState,
            g.o,
            a.queries(),
            a.keys(),
            a.views.v,
            saved,
            decay,
            batch);
    if (a.lrpe != null && g.lrpe != null && dWeights.theta != null) {
      Features f = a.lrpe;
      featuresBackward(g.views.q, dWeights.theta, g.lrpe.q, a.views.q, f, positions);
      featuresBackward(g.views.k, dWeights.theta, g.lrpe.k, a.views.k, f, positions);
    }
    backend.pointwise().activateBackward(g.views.linearQk, g.qk, a.views.linearQk, activation);
    backend.matmul().backwardWeight(dWeights.qkvu, g.qkvu, a.n);
    backend.matmul().backwardInput(Write.OVERWRITE, g.n, g.qkvu, weights.qkvu);
    backend.norm().backward(Write.ACCUMULATE, dx, g.n, a.n, a.r);
  }

  private void featuresBackward(
      Tensor dx, Tensor dTheta, Tensor dy, Tensor x, Features f, long[] positions) {
    backend.positions().backward(dx, dTheta, dy, x, f.cosines, f.sines, positions, sizes.heads);
  }
}
