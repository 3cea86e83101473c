package org.transnormer.model.layer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Decoding;
import org.transnormer.model.backend.Write;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.layer.TokenMixerMemory.Activations;
import org.transnormer.model.layer.TokenMixerMemory.Features;
import org.transnormer.model.tensor.Tensor;

/**
 * x += GLA(SRMS(x)), gated linear attention (arXiv 2307.14995, eq. 11, as in the released code): a
 * projection to q, k and v; an activation; position features on q and k in some layers; Lightning
 * Attention; the norm over all heads together; the output gate u; W_o.
 *
 * <p>First generation: u is the projection's fourth part, and the activation is on q and k. Third:
 * u comes from an {@link OutputGate}, and the activation is on v too.
 */
public final class TokenMixer {

  private final Backend backend;
  private final Sizes sizes;
  private final Functions functions;
  private final Decay decay;
  private final Weights weights;
  private final @Nullable OutputGate gate;
  private final Split split;

  public TokenMixer(
      Backend backend, Sizes sizes, Functions functions, double[] decayRates, Weights weights) {
    this(backend, sizes, functions, decayRates, weights, Split.WHOLE);
  }

  /** A rank's part: sizes and rates are those of its heads. */
  public TokenMixer(
      Backend backend,
      Sizes sizes,
      Functions functions,
      double[] decayRates,
      Weights weights,
      Split split) {
    this.backend = backend;
    this.split = split;
    this.sizes = sizes;
    this.functions = functions;
    this.decay = backend.attention().decay(decayRates);
    this.weights = weights;
    this.gate = weights.gate == null ? null : new OutputGate(backend, weights.gate, split);
  }

  /**
   * @param width d
   * @param hidden D, all heads together
   * @param heads H
   * @param lrpe whether q and k carry position features, and are twice as wide then
   * @param gate rank of the output gate; 0 where the gate is a part of the projection
   */
  public record Sizes(int width, int hidden, int heads, boolean lrpe, int gate) {

    int keyWidth() {
      return lrpe ? 2 * hidden : hidden;
    }

    /** Columns of the projection. */
    int projected() {
      return gate > 0 ? 3 * hidden : 4 * hidden;
    }

    /** Columns of the projection that the activation is on. */
    int activated() {
      return gate > 0 ? 3 * hidden : 2 * hidden;
    }

    /** Columns that an activation may look at together: a head, or everything that is fused. */
    int group() {
      return gate > 0 ? projected() : hidden / heads;
    }

    /** The shape of one sequence's state, H ek x ev. */
    public long[] stateShape() {
      return new long[] {keyWidth(), hidden / heads};
    }
  }

  /** The functions that a configuration chooses. */
  public record Functions(Activation activation, PhaseRounding phases) {}

  /**
   * Weights, or their gradients.
   *
   * @param projection [4 D, d] rows q, k, v, u; with a gate of its own [3 D, d] rows q, k, v
   * @param out [d, D] W_o
   * @param theta [H, e] in layers with position features
   * @param gate in the third generation
   */
  public record Weights(
      Tensor projection, Tensor out, @Nullable Tensor theta, OutputGate.@Nullable Weights gate) {}

  /**
   * Rows of {@code batch} sequences of equal length.
   *
   * @param x [B T, d] accumulated
   * @param a overwritten
   * @param state [B, H, ek, ev] read, and overwritten with the state after the last row
   * @param saved [B, H, chunks, ek, ev] overwritten for {@link #backward}; null keeps nothing
   * @param positions of the T rows of each sequence
   * @param starts of documents, see {@link org.transnormer.model.backend.Attention}; null for none
   */
  public void forward(
      Tensor x,
      Activations a,
      Tensor state,
      @Nullable Tensor saved,
      long[] positions,
      int @Nullable [] starts,
      int batch) {
    backend.norm().forward(a.n(), a.r(), x);
    backend.matmul().forward(Write.OVERWRITE, a.projected(), a.n(), weights.projection);
    prepare(a, positions);
    if (saved == null) {
      backend
          .attention()
          .forward(a.o(), state, a.queries(), a.keys(), a.values(), decay, starts, batch);
    } else {
      backend
          .attention()
          .forwardSaving(
              a.o(), state, saved, a.queries(), a.keys(), a.values(), decay, starts, batch);
    }
    if (gate != null) {
      gate.forward(a.n(), a.ownGate());
    }
    gatedNorm(a);
    split.beforeShares(backend, x);
    backend.matmul().forward(Write.ACCUMULATE, x, a.z(), weights.out);
    split.sum(x);
  }

  /**
   * One row of each of M sequences.
   *
   * @param x [M, d] accumulated
   * @param states M tensors [H, ek, ev], read and overwritten
   * @param positions of the M rows
   */
  public void step(Tensor x, Activations a, List<Tensor> states, long[] positions) {
    Decoding decoding = backend.decoding();
    if (gate == null) {
      decoding.normProduct(a.projected(), a.n(), a.r(), x, weights.projection);
    } else {
      backend.norm().forward(a.n(), a.r(), x);
      backend.matmul().forwardFew(Write.OVERWRITE, a.projected(), a.n(), weights.projection);
      gate.step(a.n(), a.ownGate());
    }
    if (a.lrpe() == null) {
      decoding.attention(
          a.o(), states, a.projected(), a.activated(), functions.activation, sizes.group(), decay);
    } else {
      prepare(a, positions);
      backend.attention().step(a.o(), states, a.queries(), a.keys(), a.values(), decay);
    }
    decoding.gatedProduct(x, a.z(), a.ro(), a.o(), a.gate(), weights.out);
  }

  /** The norm over all heads together, wherever they are. */
  private void gatedNorm(Activations a) {
    if (split.whole()) {
      backend.norm().gatedForward(a.z(), a.ro(), a.o(), a.gate());
      return;
    }
    backend.splitNorm().squares(a.ro(), a.o());
    split.sum(a.ro());
    backend.splitNorm().gatedForward(a.z(), a.ro(), a.o(), a.gate(), split.columns(a.o()));
  }

  private void gatedNormBackward(Activations a, Activations g) {
    if (split.whole()) {
      backend.norm().gatedBackward(g.o(), g.gate(), g.z(), a.o(), a.gate(), a.ro());
      return;
    }
    backend.splitNorm().products(g.ro(), g.z(), a.o(), a.gate(), a.ro());
    split.sum(g.ro());
    backend
        .splitNorm()
        .gatedBackward(
            g.o(), g.gate(), g.z(), a.o(), a.gate(), a.ro(), g.ro(), split.columns(a.o()));
  }

  private void activate(Activations a) {
    backend
        .pointwise()
        .activate(a.activated(), a.views().linear(), functions.activation, sizes.group());
  }

  /** Activation and position features. */
  private void prepare(Activations a, long[] positions) {
    activate(a);
    if (a.lrpe() != null && weights.theta != null) {
      Features f = a.lrpe();
      PhaseRounding phases = functions.phases;
      backend.positions().angles(f.cosines(), f.sines(), weights.theta, positions, phases);
      backend.positions().forward(f.q(), a.views().q(), f.cosines(), f.sines(), sizes.heads);
      backend.positions().forward(f.k(), a.views().k(), f.cosines(), f.sines(), sizes.heads);
    }
  }

  /**
   * @param dx [N, d] read, and accumulated
   * @param a read; from {@link #forward}, but for what is {@link TokenMixerMemory.Shared}, which is
   *     overwritten
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
      int @Nullable [] starts,
      int batch) {
    activate(a);
    gatedNorm(a);
    backend.matmul().backwardWeight(dWeights.out, dx, a.z());
    backend.matmul().backwardInput(Write.OVERWRITE, g.z(), dx, weights.out);
    gatedNormBackward(a, g);
    backend
        .attention()
        .backward(
            g.queries(),
            g.keys(),
            g.values(),
            dState,
            g.o(),
            a.queries(),
            a.keys(),
            a.values(),
            saved,
            decay,
            starts,
            batch);
    if (a.lrpe() != null && g.lrpe() != null && dWeights.theta != null) {
      long[] rounded = functions.phases.positions(positions);
      featuresBackward(g.views().q(), dWeights.theta, g.lrpe().q(), a.views().q(), a, rounded);
      featuresBackward(g.views().k(), dWeights.theta, g.lrpe().k(), a.views().k(), a, rounded);
    }
    backend
        .pointwise()
        .activateBackward(
            g.views().linear(),
            g.activated(),
            a.views().linear(),
            functions.activation,
            sizes.group());
    backend.matmul().backwardWeight(dWeights.projection, g.projected(), a.n());
    backend.matmul().backwardInput(Write.OVERWRITE, g.n(), g.projected(), weights.projection);
    split.sum(g.n());
    if (gate != null && dWeights.gate != null) {
      gate.backward(g.n(), a.n(), a.ownGate(), g.ownGate(), dWeights.gate);
    }
    backend.norm().backward(Write.ACCUMULATE, dx, g.n(), a.n(), a.r());
  }

  private void featuresBackward(
      Tensor dx, Tensor dTheta, Tensor dy, Tensor x, Activations a, long[] positions) {
    if (a.lrpe() != null) {
      Tensor cosines = a.lrpe().cosines();
      Tensor sines = a.lrpe().sines();
      backend.positions().backward(dx, dTheta, dy, x, cosines, sines, positions, sizes.heads);
    }
  }
}
