package org.transnormer.model.lm.tnl;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.ChannelMixer;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.layer.TokenMixer;
import org.transnormer.model.layer.TokenMixerMemory;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/**
 * What a training step works in: every layer keeps its activations, or its input alone while all
 * layers share one set of activations; the backward pass reuses one set of gradients. Values that
 * cost one pass over what is kept anyway have one place for all layers and are made again. The
 * head, with its logits, is done before the first gradient of a layer is made.
 */
final class TrainingMemory {

  private final TnlSplit part;
  private final TnlConfig config;
  private final TrainingShape shape;
  private final int chunk;
  private final MemoryPlan plan;
  private final MemoryPlan.Entry x;
  private final MemoryPlan.Entry dx;
  private final MemoryPlan.Entry state;
  private final TokenMixerMemory.Shared shared;
  private final List<MemoryPlan.Entry> inputs = new ArrayList<>();
  private final List<MemoryPlan.Entry> firstStates = new ArrayList<>();
  private final List<PlannedLayer> layers = new ArrayList<>();
  private OutputHead.@Nullable Planned head;
  private MemoryPlan.@Nullable Entry dHead;
  private MemoryPlan.@Nullable Entry product;
  private TokenMixerMemory.@Nullable Planned dMixer;
  private TokenMixerMemory.@Nullable Planned dLrpeMixer;
  private ChannelMixer.@Nullable Planned dChannelMixer;

  private record PlannedLayer(
      TokenMixerMemory.Planned mixer, MemoryPlan.Entry saved, ChannelMixer.Planned channelMixer) {

    Layer in(Storage storage) {
      return new Layer(mixer.in(storage), saved.in(storage), channelMixer.in(storage));
    }
  }

  /**
   * @param chunk rows of attention's chunks
   * @param compute type of what goes into products; the residual stream, statistics and states are
   *     floats
   */
  TrainingMemory(TnlSplit part, TrainingShape shape, int chunk, ElementType compute) {
    TnlConfig config = part.config();
    this.part = part;
    this.config = config;
    this.shape = shape;
    this.chunk = chunk;
    this.plan = new MemoryPlan("activations", compute);
    int d = config.width();
    int rows = rows();
    x = plan.add("x", ElementType.F32, rows, d);
    dx = plan.add("dx", rows, d);
    boolean lrpe = config.lrpeLayers() > 0;
    long[] widest = part.sizes(lrpe).stateShape();
    state = plan.add("state", ElementType.F32, shape.sequences() * widest[0], widest[1]);
    shared = TokenMixerMemory.Shared.in(plan, "gla", rows, part.sizes(false));
    plan.overlay(
        List.of(
            () -> {
              head = OutputHead.Planned.in(plan, rows, d, config.vocabSize(), compute);
              dHead = plan.add("d.head.n", rows, d);
            },
            () -> dMixer = mixerGradients("d.gla", false),
            () -> dLrpeMixer = lrpe ? mixerGradients("d.gla-lrpe", true) : null,
            () -> {
              product = ChannelMixer.Planned.product(plan, "glu", rows, part.glu());
              dChannelMixer = ChannelMixer.Planned.in(plan, "d.glu", rows, d, product);
            }));
    if (shape.recompute()) {
      planShared();
    } else {
      for (int l = 0; l < config.layers(); l++) {
        layers.add(layer("layers." + l, config.lrpe().get(l)));
      }
    }
  }

  /**
   * Inputs of the layers that are computed again, which the last is not, states too where they come
   * from elsewhere, and one set of activations of either kind of layer, in one place.
   */
  private void planShared() {
    for (int l = 0; l < config.layers() - 1; l++) {
      inputs.add(plan.add("layers." + l + ".x", ElementType.F32, rows(), config.width()));
      if (shape.continued()) {
        long[] one = part.sizes(config.lrpe().get(l)).stateShape();
        firstStates.add(
            plan.add(
                "layers." + l + ".state", ElementType.F32, shape.sequences() * one[0], one[1]));
      }
    }
    PlannedLayer[] kinds = new PlannedLayer[2];
    List<Runnable> groups = new ArrayList<>();
    if (config.lrpeLayers() < config.layers()) {
      groups.add(() -> kinds[0] = layer("layer", false));
    }
    if (config.lrpeLayers() > 0) {
      groups.add(() -> kinds[1] = layer("layer-lrpe", true));
    }
    plan.overlay(groups);
    for (boolean lrpe : config.lrpe()) {
      layers.add(Objects.requireNonNull(kinds[lrpe ? 1 : 0]));
    }
  }

  private PlannedLayer layer(String prefix, boolean lrpe) {
    long chunks = Math.ceilDiv(shape.length(), chunk);
    long[] one = part.sizes(lrpe).stateShape();
    return new PlannedLayer(
        TokenMixerMemory.Planned.in(
            plan, prefix + ".gla", rows(), shape.length(), part.sizes(lrpe), shared),
        plan.add(
            prefix + ".gla.states", ElementType.F32, shape.sequences() * chunks * one[0], one[1]),
        ChannelMixer.Planned.in(
            plan, prefix + ".glu", rows(), config.width(), Objects.requireNonNull(product)));
  }

  private TokenMixerMemory.Planned mixerGradients(String prefix, boolean lrpe) {
    TokenMixer.Sizes sizes = part.sizes(lrpe);
    TokenMixerMemory.Shared places = TokenMixerMemory.Shared.in(plan, prefix, rows(), sizes);
    return TokenMixerMemory.Planned.in(plan, prefix, rows(), 0, sizes, places);
  }

  private int rows() {
    return Math.multiplyExact(shape.sequences(), shape.length());
  }

  MemoryPlan plan() {
    return plan;
  }

  /**
   * One layer's tensors.
   *
   * @param saved attention's states before each chunk
   */
  record Layer(
      TokenMixerMemory.Activations mixer, Tensor saved, ChannelMixer.Activations channelMixer) {}

  /**
   * All tensors, for one batch size.
   *
   * @param inputs of the layers but the last; empty where all activations are kept
   * @param firstStates of attention, by layer but the last; empty where all activations are kept,
   *     or sequences begin here
   * @param state of attention, or its gradient
   * @param dLrpeMixer null without such layers
   */
  record Tensors(
      Tensor x,
      Tensor dx,
      List<Tensor> inputs,
      List<Tensor> firstStates,
      List<Layer> layers,
      OutputHead.Activations head,
      Tensor dHead,
      Tensor state,
      TokenMixerMemory.Activations dMixer,
      TokenMixerMemory.@Nullable Activations dLrpeMixer,
      ChannelMixer.Activations dChannelMixer) {

    TokenMixerMemory.Activations gradients(boolean lrpe) {
      return lrpe && dLrpeMixer != null ? dLrpeMixer : dMixer;
    }

    /** The same memory for a smaller batch. */
    Tensors rows(int rows, int length, int sequences, int chunk) {
      long chunks = Math.ceilDiv(length, chunk);
      return new Tensors(
          x.rows(0, rows),
          dx.rows(0, rows),
          inputs.stream().map(input -> input.rows(0, rows)).toList(),
          firstStates,
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
    if (head == null || dHead == null || dMixer == null || dChannelMixer == null) {
      throw new IllegalStateException("nothing planned");
    }
    return new Tensors(
        x.in(storage),
        dx.in(storage),
        inputs.stream().map(input -> input.in(storage)).toList(),
        firstStates.stream().map(state -> state.in(storage)).toList(),
        layers.stream().map(layer -> layer.in(storage)).toList(),
        head.in(storage),
        dHead.in(storage),
        state.in(storage),
        dMixer.in(storage),
        dLrpeMixer == null ? null : dLrpeMixer.in(storage),
        dChannelMixer.in(storage));
  }
}
