package org.transnormer.model.lm.tnl;

import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Objective;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** TransNormerLLM with its backward pass. */
final class TnlTrainable implements LanguageModel {

  private final Backend backend;
  private final TnlConfig config;
  private final TrainingShape shape;
  private final NamedTensors parameters;
  private final NamedTensors rounded;
  private final NamedTensors gradients;
  private final MemoryPlan plan;
  private final Storage workspace;
  private final TrainingMemory.Tensors largest;
  private final TnlLayers layers;
  private final long[] positions;

  TnlTrainable(Backend backend, TnlConfig config, int sequences, int length) {
    this(backend, config, TrainingShape.of(sequences, length));
  }

  TnlTrainable(Backend backend, TnlConfig config, TrainingShape shape) {
    this.backend = backend;
    this.config = config;
    this.shape = shape;
    long bytes = NamedTensors.bytes(TnlLayers.shapes(config));
    this.parameters =
        new NamedTensors(backend.allocate("parameters", bytes), TnlLayers.shapes(config));
    this.gradients =
        new NamedTensors(backend.allocate("gradients", bytes), TnlLayers.shapes(config));
    this.rounded = rounded(backend, parameters, TnlLayers.shapes(config));
    TrainingMemory memory =
        new TrainingMemory(config, shape, backend.attention().chunk(), backend.compute());
    this.plan = memory.plan();
    this.workspace = backend.allocate(plan.name(), plan.bytes());
    this.largest = memory.in(workspace);
    this.layers = TnlLayers.of(backend, config, parameters, rounded);
    this.positions = TnlLayers.positions(0, shape.length());
  }

  private static NamedTensors rounded(
      Backend backend, NamedTensors parameters, SequencedMap<String, long[]> shapes) {
    ElementType type = backend.compute();
    if (type == ElementType.F32) {
      return parameters;
    }
    long bytes = NamedTensors.bytes(type, shapes);
    return new NamedTensors(backend.allocate("rounded parameters", bytes), type, shapes);
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
  public NamedTensors rounded() {
    return rounded;
  }

  @Override
  public void round() {
    if (rounded != parameters) {
      backend.copy(rounded.all(), parameters.all());
    }
  }

  @Override
  public NamedTensors gradients() {
    return gradients;
  }

  @Override
  public boolean decays(String parameter) {
    return !TnlTensors.isTheta(parameter);
  }

  @Override
  public MemoryPlan plan() {
    return plan;
  }

  @Override
  public BatchLoss forwardBackward(TokenBatch batch, Objective objective) {
    double[] nats = new double[batch.inputs().length];
    Step step = new Step(this, batch.sequences(), batch.length(), batch.starts() != null);
    backend.repeat(step, () -> forwardBackward(batch, objective, nats));
    backend.finish();
    return BatchLoss.of(nats, batch.targets());
  }

  /** Steps that consist of the same operations. */
  private record Step(TnlTrainable model, int sequences, int length, boolean packed) {}

  private void forwardBackward(TokenBatch batch, Objective objective, double[] nats) {
    TrainingMemory.Tensors t = tensors(batch);
    forwardLayers(t, batch, null);
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
            batch.targets(),
            objective.scale(),
            objective.zLoss());
    for (int l = config.layers() - 1; l >= 0; l--) {
      if (shape.recompute() && l < config.layers() - 1) {
        backend.copy(t.x(), t.inputs().get(l));
        forwardLayer(t, l, batch, null);
      }
      backwardLayer(t, l, batch);
    }
    backend
        .embedding()
        .backward(dTable, t.dx(), batch.inputs(), 0, layers.embeddingScale(), config.padToken());
  }

  @Override
  public BatchLoss forward(TokenBatch batch) {
    TrainingMemory.Tensors t = tensors(batch);
    forwardLayers(t, batch, null);
    double[] nats = new double[batch.inputs().length];
    layers
        .head()
        .forward(
            t.x(),
            t.head(),
            (logits, from) -> backend.loss().crossEntropy(nats, logits, batch.targets(), from));
    backend.finish();
    return BatchLoss.of(nats, batch.targets());
  }

  @Override
  public void inspect(TokenBatch batch, Inspector inspector) {
    TrainingMemory.Tensors t = tensors(batch);
    forwardLayers(t, batch, new TnlInspection(backend, config, rounded, t, inspector));
    layers.head().forward(t.x(), t.head(), (logits, _) -> inspector.see("logits", logits));
    inspector.see("act.final_norm", t.head().n());
  }

  private void forwardLayers(
      TrainingMemory.Tensors t, TokenBatch batch, @Nullable TnlInspection inspection) {
    backend.embedding().forward(t.x(), layers.table(), batch.inputs(), 0, layers.embeddingScale());
    for (int l = 0; l < config.layers(); l++) {
      if (shape.recompute()) {
        backend.copy(t.inputs().get(l), t.x());
      }
      forwardLayer(t, l, batch, inspection);
    }
  }

  private void forwardLayer(
      TrainingMemory.Tensors t, int l, TokenBatch batch, @Nullable TnlInspection inspection) {
    TrainingMemory.Layer layer = t.layers().get(l);
    Tensor state = zeroState(t, l, batch.sequences());
    if (inspection != null) {
      inspection.layerInput(l);
    }
    layers
        .tokenMixers()
        .get(l)
        .forward(
            t.x(),
            layer.mixer(),
            state,
            layer.saved(),
            positions(batch.length()),
            batch.starts(),
            batch.sequences());
    if (inspection != null) {
      inspection.afterTokenMixer(l, state);
    }
    layers.channelMixers().get(l).forward(t.x(), layer.channelMixer());
    if (inspection != null) {
      inspection.afterChannelMixer(l);
    }
  }

  private void backwardLayer(TrainingMemory.Tensors t, int l, TokenBatch batch) {
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
    layers
        .tokenMixers()
        .get(l)
        .backward(
            t.dx(),
            layer.mixer(),
            t.gradients(config.lrpe().get(l)),
            layer.saved(),
            zeroState(t, l, batch.sequences()),
            TnlLayers.mixerGradients(config, gradients, l),
            positions(batch.length()),
            batch.starts(),
            batch.sequences());
  }

  /** Sequences of a batch start from nothing, and nothing follows them. */
  private Tensor zeroState(TrainingMemory.Tensors t, int l, int batch) {
    long rows = TnlLayers.sizes(config, l).stateShape()[0];
    Tensor state = t.state().rows(0, batch * rows);
    backend.clear(state);
    return state;
  }

  private long[] positions(int time) {
    return time == shape.length() ? positions : TnlLayers.positions(0, time);
  }

  private TrainingMemory.Tensors tensors(TokenBatch batch) {
    if (batch.sequences() > shape.sequences() || batch.length() > shape.length()) {
      throw new IllegalArgumentException(
          "%d x %d tokens, planned for %d x %d"
              .formatted(batch.sequences(), batch.length(), shape.sequences(), shape.length()));
    }
    return batch.sequences() == shape.sequences() && batch.length() == shape.length()
        ? largest
        : largest.rows(
            batch.sequences() * batch.length(),
            batch.length(),
            batch.sequences(),
            backend.attention().chunk());
  }

  @Override
  public void close() {
    backend.release(workspace);
    backend.release(gradients.storage());
    backend.release(parameters.storage());
    if (rounded != parameters) {
      backend.release(rounded.storage());
    }
  }
}
