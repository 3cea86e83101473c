package org.transnormer.model.lm.tnl;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.layer.Split;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.GradientListener;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Objective;
import org.transnormer.model.lm.ParameterMemory;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.parallel.Collectives;
import org.transnormer.model.parallel.ModelRanks;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** TransNormerLLM with its backward pass. */
final class TnlTrainable implements LanguageModel {

  private final Backend backend;
  private final TnlConfig config;
  private final TrainingShape shape;
  private final ModelRanks ranks;
  private final TnlSplit part;
  private final ParameterMemory memory;
  private final ParameterMemory.Here here;
  private final MemoryPlan plan;
  private final Storage workspace;
  private final TrainingMemory.Tensors largest;
  private final TnlLayers layers;
  private final long[] positions;

  TnlTrainable(Backend backend, TnlConfig config, int sequences, int length) {
    this(backend, config, TrainingShape.of(sequences, length));
  }

  TnlTrainable(Backend backend, TnlConfig config, TrainingShape shape) {
    this(backend, config, shape, Ranks.alone());
  }

  TnlTrainable(Backend backend, TnlConfig config, TrainingShape shape, Ranks ranks) {
    if (ranks.model().sequence().size() > 1 && !shape.continued()) {
      throw new IllegalArgumentException("sequences of several ranks are continued");
    }
    this.backend = backend;
    this.config = config;
    this.shape = shape;
    this.ranks = ranks.model();
    this.part = new TnlSplit(config, ranks.model().tensor().rank(), ranks.model().tensor().size());
    this.memory = ParameterMemory.of(backend, part.layout(), ranks);
    this.here = memory.here();
    TrainingMemory activations =
        new TrainingMemory(part, shape, backend.attention().chunk(), backend.compute());
    this.plan = activations.plan();
    this.workspace = backend.allocate(plan.name(), plan.bytes());
    this.largest = activations.in(workspace);
    this.layers =
        TnlLayers.of(
            backend, part, new Split(ranks.model().tensor()), here.exact(), here.rounded());
    this.positions = TnlLayers.positions(firstPosition(shape.length()), shape.length());
  }

  /** Where this rank's part of sequences begins. */
  private long firstPosition(int length) {
    return (long) ranks.sequence().rank() * length;
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public ParameterMemory memory() {
    return memory;
  }

  @Override
  public boolean decays(String parameter) {
    return !TnlTensors.isTheta(parameter);
  }

  @Override
  public long[] wholeShape(String parameter) {
    return Objects.requireNonNull(TnlLayers.shapes(config).get(parameter), parameter);
  }

  @Override
  public boolean replicated(String parameter) {
    return part.replicated(parameter);
  }

  @Override
  public MemorySegment whole(String parameter, Tensor own, Arena arena) {
    if (ranks.tensor().size() == 1 || part.replicated(parameter)) {
      return backend.view(own, arena);
    }
    long elements = own.elements() * part.size();
    Storage storage = backend.allocate("whole " + parameter, elements * Float.BYTES);
    try {
      // Zero but for this rank's part: the sum over all ranks is each rank's part in its place.
      Tensor whole = Tensor.of(storage, 0, elements, 1);
      MemorySegment numbers = arena.allocate(elements * Float.BYTES, Float.BYTES);
      part.put(parameter, numbers, backend.view(own, arena));
      backend.write(whole, numbers);
      ranks.tensor().allReduce(whole);
      backend.read(numbers, whole);
      return numbers;
    } finally {
      backend.release(storage);
    }
  }

  @Override
  public void take(String parameter, Tensor own, MemorySegment whole) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(own.elements() * Float.BYTES, Float.BYTES);
      part.take(parameter, whole, numbers);
      backend.write(own, numbers);
    }
  }

  @Override
  public MemoryPlan plan() {
    return plan;
  }

  @Override
  public BatchLoss forwardBackward(
      TokenBatch batch, Objective objective, GradientListener listener) {
    double[] nats = new double[batch.inputs().length];
    boolean packed = batch.starts() != null;
    Step step = new Step(this, batch.sequences(), batch.length(), packed, listener);
    backend.repeat(step, () -> forwardBackward(batch, objective, nats, listener));
    backend.finish();
    return BatchLoss.of(nats, batch.targets());
  }

  /** Steps that consist of the same operations. */
  private record Step(
      TnlTrainable model, int sequences, int length, boolean packed, GradientListener listener) {}

  private void forwardBackward(
      TokenBatch batch, Objective objective, double[] nats, GradientListener listener) {
    TrainingMemory.Tensors t = tensors(batch);
    memory.begin(true);
    forwardLayers(t, batch, null);
    Tensor dTable = here.gradients().get(TnlTensors.EMBEDDING);
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
      memory.backward(l + 1);
      if (computedAgain(l)) {
        backend.copy(t.x(), t.inputs().get(l));
        Tensor state = zeroState(t, l, batch.sequences());
        if (ranks.sequence().rank() > 0) {
          backend.copy(state, firstState(t, l, state));
        }
        forwardLayer(t, l, batch, state, true, null);
      }
      backwardLayer(t, l, batch);
      listener.completeFrom(memory.layout().from(TnlTensors.projection(config, l)));
    }
    backend
        .embedding()
        .backward(dTable, t.dx(), batch.inputs(), 0, layers.embeddingScale(), config.padToken());
    listener.completeFrom(0);
    memory.end();
  }

  /** The last layer's activations are still there when the backward pass begins. */
  private boolean computedAgain(int l) {
    return shape.recompute() && l < config.layers() - 1;
  }

  @Override
  public BatchLoss forward(TokenBatch batch) {
    TrainingMemory.Tensors t = tensors(batch);
    memory.begin(false);
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
    memory.begin(false);
    forwardLayers(t, batch, new TnlInspection(backend, config, here.rounded(), t, inspector));
    layers.head().forward(t.x(), t.head(), (logits, _) -> inspector.see("logits", logits));
    inspector.see("act.final_norm", t.head().n());
  }

  private void forwardLayers(
      TrainingMemory.Tensors t, TokenBatch batch, @Nullable TnlInspection inspection) {
    backend.embedding().forward(t.x(), layers.table(), batch.inputs(), 0, layers.embeddingScale());
    for (int l = 0; l < config.layers(); l++) {
      memory.forward(l + 1);
      boolean again = computedAgain(l);
      if (again) {
        backend.copy(t.inputs().get(l), t.x());
      }
      Tensor state = zeroState(t, l, batch.sequences());
      Collectives sequence = ranks.sequence();
      if (sequence.rank() > 0) {
        sequence.receive(state, sequence.rank() - 1);
        if (again) {
          backend.copy(firstState(t, l, state), state);
        }
      }
      forwardLayer(t, l, batch, state, false, inspection);
    }
  }

  /**
   * Where the state that a layer began from is kept, so that going back nobody asks for it again.
   */
  private static Tensor firstState(TrainingMemory.Tensors t, int l, Tensor state) {
    return t.firstStates().get(l).rows(0, state.rows());
  }

  /**
   * @param state read, and overwritten with the state after the last row
   * @param again whether another rank has that state already
   */
  private void forwardLayer(
      TrainingMemory.Tensors t,
      int l,
      TokenBatch batch,
      Tensor state,
      boolean again,
      @Nullable TnlInspection inspection) {
    TrainingMemory.Layer layer = t.layers().get(l);
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
    Collectives sequence = ranks.sequence();
    if (!again && sequence.rank() < sequence.size() - 1) {
      sequence.send(state, sequence.rank() + 1);
    }
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
            TnlLayers.w12(config, here.gradients(), l),
            TnlLayers.w3(here.gradients(), l));
    Tensor dState = zeroState(t, l, batch.sequences());
    Collectives sequence = ranks.sequence();
    if (sequence.rank() < sequence.size() - 1) {
      sequence.receive(dState, sequence.rank() + 1);
    }
    layers
        .tokenMixers()
        .get(l)
        .backward(
            t.dx(),
            layer.mixer(),
            t.gradients(config.lrpe().get(l)),
            layer.saved(),
            dState,
            TnlLayers.mixerGradients(config, here.gradients(), l),
            positions(batch.length()),
            batch.starts(),
            batch.sequences());
    if (sequence.rank() > 0) {
      sequence.send(dState, sequence.rank() - 1);
    }
  }

  /** Sequences of a batch start from nothing, and nothing follows them, unless on other ranks. */
  private Tensor zeroState(TrainingMemory.Tensors t, int l, int batch) {
    long rows = part.sizes(config.lrpe().get(l)).stateShape()[0];
    Tensor state = t.state().rows(0, batch * rows);
    backend.clear(state);
    return state;
  }

  private long[] positions(int time) {
    return time == shape.length() ? positions : TnlLayers.positions(firstPosition(time), time);
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
    memory.close();
  }
}
