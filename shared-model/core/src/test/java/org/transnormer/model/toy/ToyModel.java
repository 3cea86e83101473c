package org.transnormer.model.toy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.layer.ChannelMixer;
import org.transnormer.model.layer.OutputHead;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.GradientListener;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Objective;
import org.transnormer.model.lm.ParameterMemory;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;
import org.transnormer.model.tensor.TensorsByName;

/** x = E[token]; x += SGLU(SRMS(x)); logits = SRMS(x) E^T. */
final class ToyModel implements LanguageModel {

  private final Backend backend;
  private final ToyConfig toy;
  private final ParameterMemory memory;
  private final ParameterMemory.Here here;
  private final MemoryPlan plan;
  private final Storage workspace;
  private final ToyMemory.Tensors most;
  private final ChannelMixer mixer;
  private final OutputHead head;

  ToyModel(Backend backend, ToyFamily family, TrainingShape shape, Ranks ranks) {
    this.backend = backend;
    this.toy = family.toy();
    this.memory = ParameterMemory.of(backend, family.layout(ranks.model().tensor().size()), ranks);
    this.here = memory.here();
    ToyMemory activations = new ToyMemory(toy, shape, backend.compute());
    this.plan = activations.plan();
    this.workspace = backend.allocate(plan.name(), plan.bytes());
    this.most = activations.in(workspace);
    TensorsByName weights = here.rounded();
    this.mixer = new ChannelMixer(backend, weights.get(ToyConfig.UP), weights.get(ToyConfig.DOWN));
    this.head = new OutputHead(backend, weights.get(ToyConfig.TABLE));
  }

  @Override
  public ModelConfig config() {
    return toy;
  }

  @Override
  public ParameterMemory memory() {
    return memory;
  }

  @Override
  public boolean decays(String parameter) {
    return true;
  }

  @Override
  public long[] wholeShape(String parameter) {
    return memory.layout().shape(parameter);
  }

  @Override
  public boolean replicated(String parameter) {
    return true;
  }

  @Override
  public MemorySegment whole(String parameter, Tensor own, Arena arena) {
    return backend.view(own, arena);
  }

  @Override
  public void take(String parameter, Tensor own, MemorySegment whole) {
    backend.write(own, whole);
  }

  @Override
  public MemoryPlan plan() {
    return plan;
  }

  /** Tokens that go through at once. */
  int rows() {
    return Math.toIntExact(most.x().rows());
  }

  private ToyMemory.Tensors layers(int[] tokens, int from, int count, boolean back) {
    ToyMemory.Tensors t = most.rows(count);
    memory.begin(back);
    backend.embedding().forward(t.x(), here.rounded().get(ToyConfig.TABLE), tokens, from, 1);
    memory.forward(1);
    mixer.forward(t.x(), t.mixer());
    return t;
  }

  /** What follows each of the tokens [from, from + count). */
  void logits(int[] tokens, int from, int count, OutputHead.Stretch use) {
    ToyMemory.Tensors t = layers(tokens, from, count, false);
    head.forward(t.x(), t.head(), use);
  }

  @Override
  public BatchLoss forwardBackward(
      TokenBatch batch, Objective objective, GradientListener listener) {
    int[] tokens = batch.inputs();
    double[] nats = new double[tokens.length];
    ToyMemory.Tensors t = layers(tokens, 0, tokens.length, true);
    TensorsByName gradients = here.gradients();
    Tensor dTable = gradients.get(ToyConfig.TABLE);
    head.forwardBackward(
        t.dx(),
        t.x(),
        t.head(),
        t.dHead(),
        dTable,
        nats,
        batch.targets(),
        objective.scale(),
        objective.zLoss());
    memory.backward(1);
    mixer.backward(
        t.dx(), t.mixer(), t.dMixer(), gradients.get(ToyConfig.UP), gradients.get(ToyConfig.DOWN));
    listener.completeFrom(memory.layout().from(ToyConfig.UP));
    backend.embedding().backward(dTable, t.dx(), tokens, 0, 1, -1);
    listener.completeFrom(0);
    memory.end();
    backend.finish();
    return BatchLoss.of(nats, batch.targets());
  }

  @Override
  public BatchLoss forward(TokenBatch batch) {
    double[] nats = new double[batch.inputs().length];
    logits(
        batch.inputs(),
        0,
        nats.length,
        (logits, from) -> backend.loss().crossEntropy(nats, logits, batch.targets(), from));
    backend.finish();
    return BatchLoss.of(nats, batch.targets());
  }

  @Override
  public void inspect(TokenBatch batch, Inspector inspector) {
    logits(batch.inputs(), 0, batch.inputs().length, (x, _) -> inspector.see("logits", x));
  }

  @Override
  public void close() {
    backend.release(workspace);
    memory.close();
  }
}
