package org.transnormer.model.toy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.WeightsLayout;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.generate.CounterRandom;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.ParameterLayout;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;

record ToyFamily(ToyConfig toy) implements ModelFamily {

  private static final TrainingShape PROMPT = TrainingShape.of(1, 64);

  @Override
  public ModelConfig config() {
    return toy;
  }

  @Override
  public WeightsLayout files() {
    return new WeightsLayout(toy.tensors(), Map.of(), Map.of(), Set.of());
  }

  @Override
  public LanguageModel trainable(Backend backend, TrainingShape shape, Ranks ranks) {
    return new ToyModel(backend, this, shape, ranks);
  }

  @Override
  public void initialise(LanguageModel model, Backend backend, long seed) {
    long begin = 0;
    for (TensorSpec spec : tensors()) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment numbers = floats(spec, arena);
        for (long i = 0; i < spec.elements(); i++) {
          float value = (float) (0.1 * CounterRandom.normal(seed, begin + i));
          numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
        }
        model.take(spec.name(), model.memory().exact(), numbers);
      }
      begin += spec.elements();
    }
    model.round();
  }

  private static MemorySegment floats(TensorSpec spec, Arena arena) {
    return arena.allocate(spec.elements() * Float.BYTES, Float.BYTES);
  }

  @Override
  public MemoryPlan plan(
      int attentionChunk, ElementType compute, TrainingShape shape, int tensorRanks) {
    return new ToyMemory(toy, shape, compute).plan();
  }

  @Override
  public ParameterLayout layout(int tensorRanks) {
    if (tensorRanks > 1) {
      throw new InvalidConfigException("hidden_size", "is not split among ranks");
    }
    SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
    for (TensorSpec spec : tensors()) {
      shapes.put(spec.name(), spec.shape().stream().mapToLong(Long::longValue).toArray());
    }
    return new ParameterLayout(shapes, Set.of(ToyConfig.TABLE, ToyConfig.UP), _ -> false);
  }

  @Override
  public long stateBytes() {
    return 0;
  }

  @Override
  public CausalLm over(LanguageModel trained, Backend backend) {
    return new ToyLm((ToyModel) trained, backend, false);
  }

  @Override
  public CausalLm load(Path checkpointDir, Backend backend, WeightStorage storage)
      throws IOException {
    ToyModel model = new ToyModel(backend, this, PROMPT, Ranks.alone());
    ToyLm lm = new ToyLm(model, backend, true);
    try (ModelWeights weights = weights(checkpointDir);
        Arena arena = Arena.ofConfined()) {
      for (TensorSpec spec : tensors()) {
        MemorySegment numbers = floats(spec, arena);
        weights.copyFloats(spec.name(), numbers, 0);
        model.take(spec.name(), model.memory().exact(), numbers);
      }
      model.round();
      return lm;
    } catch (IOException | RuntimeException e) {
      lm.close();
      throw e;
    }
  }

  @Override
  public CausalLm untrained(long seed, Backend backend, WeightStorage storage) {
    ToyModel model = new ToyModel(backend, this, PROMPT, Ranks.alone());
    initialise(model, backend, seed);
    return new ToyLm(model, backend, true);
  }
}
