package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.checkpoint.WeightsLayout;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.ParameterLayout;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Shares;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;

/** Makes TransNormerLLM models of one configuration. */
public final class TnlFamily implements ModelFamily {

  private final TnlConfig config;

  public TnlFamily(TnlConfig config) {
    this.config = config;
  }

  @Override
  public LanguageModel trainable(Backend backend, TrainingShape shape, Ranks ranks) {
    return new TnlTrainable(backend, config, shape, ranks);
  }

  @Override
  public MemoryPlan plan(
      int attentionChunk, ElementType compute, TrainingShape shape, int tensorRanks) {
    TnlSplit split = new TnlSplit(config, 0, tensorRanks);
    return new TrainingMemory(split, shape, attentionChunk, compute).plan();
  }

  @Override
  public ParameterLayout layout(int tensorRanks) {
    return new TnlSplit(config, 0, tensorRanks).layout();
  }

  @Override
  public long stateBytes() {
    return TnlState.bytes(config);
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public WeightsLayout files() {
    return TnlTensors.files(config);
  }

  @Override
  public void initialise(LanguageModel model, Backend backend, long seed) {
    InitialWeights initial = new InitialWeights(config, seed);
    ParameterLayout layout = model.memory().layout();
    Shares exact = model.memory().exact();
    for (TensorSpec spec : tensors()) {
      long row = layout.from(spec.name());
      // What a rank has of a split layer is no stretch of the whole parameter.
      boolean whole = layout.to(spec.name()) - row == spec.elements();
      long from = whole ? exact.nearest(row) - row : 0;
      long to = whole ? exact.nearest(row + spec.elements()) - row : spec.elements();
      if (from == to) {
        continue;
      }
      try (Arena arena = Arena.ofShared()) {
        MemorySegment numbers = arena.allocate(spec.elements() * Float.BYTES, Float.BYTES);
        initial.fill(
            spec.name(), from, numbers.asSlice(from * Float.BYTES, (to - from) * Float.BYTES));
        model.take(spec.name(), exact, numbers);
      }
    }
    model.round();
  }

  @Override
  public CausalLm over(LanguageModel trained, Backend backend) {
    return TnlLm.over(trained, config, backend);
  }

  @Override
  public CausalLm load(Path checkpointDir, Backend backend, WeightStorage weights)
      throws IOException {
    return TnlLm.load(checkpointDir, config, backend, weights);
  }

  @Override
  public CausalLm untrained(long seed, Backend backend, WeightStorage weights) {
    return TnlLm.untrained(seed, config, backend, weights);
  }
}
