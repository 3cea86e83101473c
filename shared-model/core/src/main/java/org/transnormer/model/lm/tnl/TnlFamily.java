package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
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
  public List<TensorSpec> tensors() {
    return TnlTensors.of(config);
  }

  /**
   * Matrices from N(0, initStd^2), the padding row zero, and theta = 10000^(-2 j / d) for column j
   * of all heads together.
   */
  @Override
  public void initialise(LanguageModel model, Backend backend, long seed) {
    long begin = 0;
    for (TensorSpec spec : tensors()) {
      long first = begin;
      try (Arena arena = Arena.ofShared()) {
        MemorySegment numbers = arena.allocate(spec.elements() * Float.BYTES, Float.BYTES);
        boolean theta = TnlTensors.isTheta(spec.name());
        LongStream.range(0, spec.elements())
            .parallel()
            .forEach(i -> {
              double value =
                  theta
                      ? config.initialTheta(i)
                      : config.initStd() * CounterRandom.normal(seed, first + i);
              numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
            });
        if (spec.name().equals(TnlTensors.EMBEDDING) && config.padToken() >= 0) {
          long row = (long) config.width() * Float.BYTES;
          numbers.asSlice(config.padToken() * row, row).fill((byte) 0);
        }
        model.take(spec.name(), model.memory().exact(), numbers);
      }
      begin += spec.elements();
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
}
