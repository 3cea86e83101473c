package org.transnormer.model.lm.tnl;

import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.TokenMixer;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** TransNormerLLM with its backward pass. */
final class TnlTrainable implements LanguageModel {

  private final Backend backend;
  private final TnlConfig config;
  private final int sequences;
  private final int length;
  private final NamedTensors parameters;
  private final NamedTensors gradients;
  private final MemoryPlan plan;
  private final Storage workspace;
  private final TrainingMemory.Tensors largest;
  private final TnlLayers layers;
  private final long[] positions;

  TnlTrainable(Backend backend, TnlConfig config, int sequences, int length) {
    this.backend = backend;
    this.config = config;
    this.sequences = sequences;
    this.length = length;
    long bytes = NamedTensors.bytes(TnlLayers.shapes(config));
    this.parameters =
        new NamedTensors(backend.allocate("parameters", bytes), TnlLayers.shapes(config));
    this.gradients =
        new NamedTensors(backend.allocate("gradients", bytes), TnlLayers.shapes(config));
    TrainingMemory memory =
        new TrainingMemory(config, sequences, length, backend.attention().chunk());
    this.plan = memory.plan();
    this.workspace = backend.allocate(plan.name(), plan.bytes());
    this.largest = memory.in(workspace);
    this.layers = TnlLayers.of(backend, config, parameters);
    this.positions = TnlLayers.positions(0, length);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public NamedTensors parameters() {
    return parameters;
  }

  @Override
  public NamedTensors gradients() {
    return gradients;
  }

  @Override
  public boolean decays(String parameter) {
    return !parameter.endsWith(".theta");
  }

  @Override
  public MemoryPlan plan() {
    return plan;
  }

  @Override
  public BatchLoss forwardBackward(int[] inputs, int[] targets, int batch, int time) {
    TrainingMemory.Tensors t = tensors(inputs, targets, batch, time);
    forwardLayers(t, inputs, batch, time, null);
    double[] nats = new double[inputs.length];
    Tensor dTable = gradients.get(TnlTensors.EMBEDDING);
    layers
        .head()
        .forwardBackward(
            t.dx(),
            t.x(),
            t.head(),
            t.dHead(),
            dTable,
            nats,
            targets,
            1.0 / Math.max(1, BatchLoss.counting(targets)));
    for (int l = config.layers() - 1; l >= 0; l--) {
      backwardLayer(t, l, batch, time);
    }
    backend
        .embedding()
        .backward(dTable, t.dx(), inputs, 0, layers.embeddingScale(), config.padToken());
    return BatchLoss.of(nats, targets);
  }

  @Override
  public BatchLoss forward(int[] inputs, int[] targets, int batch, int time) {
    TrainingMemory.Tensors t = tensors(inputs, targets, batch, time);
    forwardLayers(t, inputs, batch, time, null);
    double[] nats = new double[inputs.length];
    layers
        .head()
        .forward(
            t.x(),
            t.head(),
            (logits, from) -> backend.loss().crossEntropy(nats, logits, targets, from));
    return BatchLoss.of(nats, targets);
  }

  /** Sees the residual stream on its way up; for comparisons with a reference. */
  @FunctionalInterface
  interface Probe {
    void at(String name, Tensor x);
  }

  /** {@link #forward} that shows what it computes. */
  void probe(int[] inputs, int batch, int time, Probe probe) {
    TrainingMemory.Tensors t = tensors(inputs, inputs, batch, time);
    forwardLayers(t, inputs, batch, time, probe);
    layers.head().forward(t.x(), t.head(), (logits, _) -> probe.at("logits", logits));
    probe.at("final_norm", t.head().n());
  }

  private void forwardLayers(
      TrainingMemory.Tensors t, int[] inputs, int batch, int time, @Nullable Probe probe) {
    backend.embedding().forward(t.x(), layers.table(), inputs, 0, layers.embeddingScale());
    for (int l = 0; l < config.layers(); l++) {
      TrainingMemory.Layer layer = t.layers().get(l);
      Tensor state = zeroState(t, l, batch);
      show(probe, l, "in", t.x());
      layers
          .tokenMixers()
          .get(l)
          .forward(t.x(), layer.mixer(), state, layer.saved(), positions(time), batch);
      show(probe, l, "qkvu", layer.mixer().qkvu());
      show(probe, l, "o", layer.mixer().o());
      show(probe, l, "state", state);
      show(probe, l, "mid", t.x());
      layers.channelMixers().get(l).forward(t.x(), layer.channelMixer());
      show(probe, l, "out", t.x());
    }
  }

  private static void show(@Nullable Probe probe, int layer, String name, Tensor x) {
    if (probe != null) {
      probe.at("layers." + layer + "." + name, x);
    }
  }

  private void backwardLayer(TrainingMemory.Tensors t, int l, int batch, int time) {
    TrainingMemory.Layer layer = t.layers().get(l);
    layers
        .channelMixers()
        .get(l)
        .backward(
            t.dx(),
            layer.channelMixer(),
            t.dChannelMixer(),
            TnlLayers.w12(config, gradients, l),
            TnlLayers.w3(gradients, l));
    TokenMixer.Activations scratch = t.gradients(config.lrpe().get(l));
    layers
        .tokenMixers()
        .get(l)
        .backward(
            t.dx(),
            layer.mixer(),
            scratch,
            layer.saved(),
            zeroState(t, l, batch),
            TnlLayers.mixerWeights(config, gradients, l),
            positions(time),
            batch);
  }

  /** Sequences of a batch start from nothing, and nothing follows them. */
  private Tensor zeroState(TrainingMemory.Tensors t, int l, int batch) {
    long rows = TnlLayers.sizes(config, l).stateShape()[0];
    Tensor state = t.state().rows(0, batch * rows);
    backend.clear(state);
    return state;
  }

  private long[] positions(int time) {
    return time == length ? positions : TnlLayers.positions(0, time);
  }

  private TrainingMemory.Tensors tensors(int[] inputs, int[] targets, int batch, int time) {
    if (batch < 1
        || batch > sequences
        || time < 1
        || time > length
        || inputs.length != batch * time
        || targets.length != inputs.length) {
      throw new IllegalArgumentException(
          "%d inputs and %d targets for %d x %d, planned for %d x %d"
              .formatted(inputs.length, targets.length, batch, time, sequences, length));
    }
    return batch == sequences && time == length
        ? largest
        : largest.rows(batch * time, time, batch, backend.attention().chunk());
  }

  @Override
  public void close() {
    backend.release(workspace);
    backend.release(gradients.storage());
    backend.release(parameters.storage());
  }
}
