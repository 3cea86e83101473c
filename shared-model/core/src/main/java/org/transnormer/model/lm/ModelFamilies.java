package org.transnormer.model.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.transnormer.model.config.ModelConfig;

/** The one place that maps a configuration to the family that implements it. */
final class ModelFamilies {

  private ModelFamilies() {}

  static CausalLm load(Path checkpointDir, LoadOptions options) throws IOException {
    ModelConfig config = ModelConfig.read(checkpointDir.resolve("config.json"));
    throw new UnsupportedOperationException("no family " + config.family() + options);
  }
}
