package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.transnormer.model.checkpoint.TensorFile;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.CounterRandom;

/**
 * What weights are before training: matrices from N(0, initStd^2), the padding row zero, and theta
 * = 10000^(-2 j / d) for column j of all heads together. Each number depends on the seed and on its
 * place alone, so that any stretch of a tensor can be had without the others.
 */
final class InitialWeights {

  private final TnlConfig config;
  private final long seed;
  private final Map<String, TensorSpec> specs = new HashMap<>();
  private final Map<String, Long> begins = new HashMap<>();

  InitialWeights(TnlConfig config, long seed) {
    this.config = config;
    this.seed = seed;
    long begin = 0;
    for (TensorSpec spec : TnlTensors.of(config)) {
      specs.put(spec.name(), spec);
      begins.put(spec.name(), begin);
      begin += spec.elements();
    }
  }

  /**
   * Elements of a tensor from {@code first} on.
   *
   * @param floats overwritten
   */
  void fill(String name, long first, MemorySegment floats) {
    long begin = begins.getOrDefault(name, 0L);
    LongStream.range(0, floats.byteSize() / Float.BYTES)
        .parallel()
        .forEach(i -> floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value(name, begin, first + i)));
  }

  private float value(String name, long begin, long i) {
    if (TnlTensors.isTheta(name)) {
      return (float) config.initialTheta(i);
    }
    if (name.equals(TnlTensors.EMBEDDING) && i / config.width() == config.padToken()) {
      return 0;
    }
    return CounterRandom.scaledNormal(config.initStd(), seed, begin + i);
  }

  /** A tensor as {@link TensorFile#stream} reads it. */
  void stream(String name, long most, TensorFile.Stretch use) throws IOException {
    TensorSpec spec = specs.get(name);
    if (spec == null) {
      throw new IllegalArgumentException("no such tensor in this model: " + name);
    }
    try (Arena arena = Arena.ofShared()) {
      long atOnce = Math.min(most, spec.elements());
      MemorySegment floats = arena.allocate(atOnce * Float.BYTES, Float.BYTES);
      for (long first = 0; first < spec.elements(); first += atOnce) {
        long count = Math.min(atOnce, spec.elements() - first);
        MemorySegment stretch = floats.asSlice(0, count * Float.BYTES);
        fill(name, first, stretch);
        use.take(first, stretch);
      }
    }
  }
}
