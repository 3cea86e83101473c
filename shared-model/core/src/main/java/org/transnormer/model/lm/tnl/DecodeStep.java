package org.transnormer.model.lm.tnl;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.layer.TokenMixerMemory;
import org.transnormer.model.tensor.Tensor;

/**
 * A step of so many sequences, which always reads from the same places: what a backend records of
 * it once, it can do again.
 */
final class DecodeStep implements Runnable {

  private final Backend backend;
  private final TnlConfig config;
  private final TnlLayers layers;
  private final InferenceMemory.Tensors t;
  private final @Nullable Tensor logits;
  private final Object choosing = new Object();
  private final TnlState[] sequences;
  private final int[] tokens;
  private final long[] positions;
  private final List<List<Tensor>> states = new ArrayList<>();

  /**
   * @param t memory for as many rows as sequences
   */
  DecodeStep(Backend backend, TnlConfig config, TnlLayers layers, InferenceMemory.Tensors t) {
    this.backend = backend;
    this.config = config;
    this.layers = layers;
    this.t = t;
    int count = Math.toIntExact(t.x().rows());
    Tensor all = t.head().logits();
    this.logits = count <= all.rows() ? all.rows(0, count) : null;
    this.sequences = new TnlState[count];
    this.tokens = new int[count];
    this.positions = new long[count];
    for (int l = 0; l < config.layers(); l++) {
      states.add(Arrays.asList(new Tensor[count]));
    }
  }

  /** The name of this step with a choice of tokens at its end. */
  Object choosing() {
    return choosing;
  }

  /** Of all sequences, after {@link #run}; null where they do not exist all at once. */
  @Nullable Tensor logits() {
    return logits;
  }

  void take(int i, TnlState state, int token) {
    sequences[i] = state;
    tokens[i] = token;
    positions[i] = state.position();
    for (int l = 0; l < config.layers(); l++) {
      states.get(l).set(i, state.layer(l));
    }
  }

  @Override
  public void run() {
    layers();
    if (logits != null) {
      head((_, _) -> {});
    }
  }

  void layers() {
    backend.embedding().forward(t.x(), layers.table(), tokens, 0, layers.embeddingScale());
    for (int l = 0; l < config.layers(); l++) {
      TokenMixerMemory.Activations mixer = t.mixer(config.lrpe().get(l));
      layers.tokenMixers().get(l).step(t.x(), mixer, states.get(l), positions);
      layers.channelMixers().get(l).step(t.x(), t.channelMixer());
    }
  }

  void head(OutputHead.Stretch use) {
    layers.head().step(t.x(), t.head(), use);
  }

  void end() {
    for (TnlState state : sequences) {
      state.advance(1);
    }
  }
}
