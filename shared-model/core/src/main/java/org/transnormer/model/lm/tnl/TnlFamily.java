package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.CounterRandom;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;
import org.transnormer.model.tensor.Tensor;

/** Makes TransNormerLLM models of one configuration. */
public final class TnlFamily implements ModelFamily {

  private final TnlConfig config;

  public TnlFamily(TnlConfig config) {
    this.config = config;
  }

  @Override
  public LanguageModel trainable(Backend backend, TrainingShape shape) {
    return new TnlTrainable(backend, config, shape);
  }

  @Override
  public MemoryPlan plan(int attentionChunk, ElementType compute, TrainingShape shape) {
    return new TrainingMemory(config, shape, attentionChunk, compute).plan();
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
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      Tensor tensor = entry.getValue();
      try (Arena arena = Arena.ofShared()) {
        MemorySegment numbers = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
        boolean theta = TnlTensors.isTheta(entry.getKey());
        LongStream.range(0, tensor.elements())
            .parallel()
            .forEach(i -> {
              double value =
                  theta
                      ? config.initialTheta(i)
                      : config.initStd() * CounterRandom.normal(seed, tensor.offset() + i);
              numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
            });
        if (entry.getKey().equals(TnlTensors.EMBEDDING) && config.padToken() >= 0) {
          long row = (long) config.width() * Float.BYTES;
          numbers.asSlice(config.padToken() * row, row).fill((byte) 0);
        }
        backend.write(tensor, numbers);
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
}
