package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.tensor.Tensor;

/** A model folder's weights in a model to train. */
final class Weights {

  private Weights() {}

  static void load(Path folder, ModelConfig config, LanguageModel model, Backend backend)
      throws IOException {
    try (ModelWeights weights = ModelFamilies.of(config).weights(folder)) {
      for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
        try (Arena arena = Arena.ofConfined()) {
          Tensor tensor = entry.getValue();
          MemorySegment numbers = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
          weights.copyFloats(entry.getKey(), numbers, 0);
          backend.write(tensor, numbers);
        }
      }
    }
    model.round();
  }
}
