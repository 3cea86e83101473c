package org.transnormer.model.lm.tnl;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.ChannelMixer;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.layer.TokenMixer;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * What a training step works in: every layer keeps its activations, and the backward pass reuses
 * one set of gradients for all layers.
 */
final class TrainingMemory {

  private final MemoryPlan plan = new MemoryPlan("activations");
  private final MemoryPlan.Entry x;
  private final MemoryPlan.Entry dx;
  private final List<PlannedLayer> layers = new ArrayList<>();
  private final OutputHead.Planned head;
  private final MemoryPlan.Entry state;
  private MemoryPlan.@Nullable Entry dHead;
  private TokenMixer.@Nullable Planned dMixer;
  private TokenMixer.@Nullable Planned dLrpeMixer;
  private ChannelMixer.@Nullable Planned dChannelMixer;

  private record PlannedLayer(
      TokenMixer.Planned mixer, MemoryPlan.Entry saved, ChannelMixer.Planned channelMixer) {

    Layer in(Storage storage) {
      return new Layer(mixer.in(storage), saved.in(storage), channelMixer.in(storage));
    }
  }

  /**
   * @param chunk rows of attention's chunks
   */
  TrainingMemory(TnlConfig config, int sequences, int length, int chunk) {
    int d = config.width();
    int rows = Math.multiplyExact(sequences, length);
    long chunks = Math.ceilDiv(length, chunk);
    x = plan.add("x", rows, d);
    dx = plan.add("dx", rows, d);
    for (int l = 0; l < config.layers(); l++) {
      String prefix = "layers." + l;
      TokenMixer.Sizes sizes = TnlLayers.sizes(config, l);
      long[] one = sizes.stateShape();
      layers.add(
          new PlannedLayer(
              TokenMixer.Planned.in(plan, prefix + ".gla", rows, length, sizes),
              plan.add(prefix + ".gla.states", sequences * chunks * one[0], one[1]),
              ChannelMixer.Planned.in(plan, prefix + ".glu", rows, d, config.gluWidth())));
    }
    boolean lrpe = config.lrpeLayers() > 0;
    head = OutputHead.Planned.in(plan, rows, d, config.vocabSize());
    long[] widest = new TokenMixer.Sizes(d, config.heads(), lrpe).stateShape();
    state = plan.add("state", sequences * widest[0], widest[1]);
    plan.overlay(
        List.of(
            () -> dHead = plan.add("d.head.n", rows, d),
            () -> dMixer = gradients(config, rows, length, false),
            () -> dLrpeMixer = lrpe ? gradients(config, rows, length, true) : null,
            () ->
                dChannelMixer =
                    ChannelMixer.Planned.in(plan, "d.glu", rows, d, config.gluWidth())));
  }

  private TokenMixer.Planned gradients(TnlConfig config, int rows, int length, boolean lrpe) {
    TokenMixer.Sizes sizes = new TokenMixer.Sizes(config.width(), config.heads(), lrpe);
    return TokenMixer.Planned.in(plan, lrpe ? "d.gla-lrpe" : "d.gla", rows, length, sizes);
  }

  MemoryPlan plan() {
    return plan;
  }

  /**
   * One layer's tensors.
   *
   * @param saved attention's states before each chunk
   */
  record Layer(TokenMixer.Activations mixer, Tensor saved, ChannelMixer.Activations channelMixer) {}

  /**
   * All tensors, for one batch size.
   *
   * @param state of attention, or its gradient
   * @param dLrpeMixer null without such layers
   */
  record Tensors(
      Tensor x,
      Tensor dx,
      List<Layer> layers,
      OutputHead.Activations head,
      Tensor dHead,
      Tensor state,
      TokenMixer.Activations dMixer,
      TokenMixer.@Nullable Activations dLrpeMixer,
      ChannelMixer.Activations dChannelMixer) {

    TokenMixer.Activations gradients(boolean lrpe) {
      return lrpe && dLrpeMixer != null ? dLrpeMixer : dMixer;
    }

    /** The same memory for a smaller batch. */
    Tensors rows(int rows, int length, int sequences, int chunk) {
      long chunks = Math.ceilDiv(length, chunk);
      return new Tensors(
          x.rows(0, rows),
          dx.rows(0, rows),
          layers.stream().map(layer -> rows(layer, rows, sequences * chunks)).toList(),
          head.rows(rows),
          dHead.rows(0, rows),
          state,
          dMixer.rows(rows),
          dLrpeMixer == null ? null : dLrpeMixer.rows(rows),
          dChannelMixer.rows(rows));
    }

    private static Layer rows(Layer layer, int rows, long states) {
      long keyWidth =
          layer.mixer.lrpe() == null ? layer.mixer.o().columns() : 2L * layer.mixer.o().columns();
      return new Layer(
          layer.mixer.rows(rows),
          layer.saved.rows(0, states * keyWidth),
          layer.channelMixer.rows(rows));
    }
  }

  Tensors in(Storage storage) {
    if (dHead == null || dMixer == null || dChannelMixer == null) {
      throw new IllegalStateException("nothing planned");
    }
    return new Tensors(
        x.in(storage),
        dx.in(storage),
        layers.stream().map(layer -> layer.in(storage)).toList(),
        head.in(storage),
        dHead.in(storage),
        state.in(storage),
        dMixer.in(storage),
        dLrpeMixer == null ? null : dLrpeMixer.in(storage),
        dChannelMixer.in(storage));
  }
}
