package org.transnormer.model.lm;

import java.io.IOException;
import java.nio.file.Path;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.device.Devices;
import org.transnormer.model.lm.tnl.TnlFamily;

/** The one place that maps a configuration to the family that implements it. */
public final class ModelFamilies {

  private ModelFamilies() {}

  public static ModelFamily of(ModelConfig config) {
    return switch (config) {
      case TnlConfig tnl -> new TnlFamily(tnl);
    };
  }

  static CausalLm load(Path checkpointDir, LoadOptions options) throws IOException {
    ModelConfig config = ModelConfig.read(checkpointDir.resolve("config.json"));
    Backend backend = Devices.open(options.device(), options.threads(), options.pinThreads());
    return of(config).load(checkpointDir, backend, options.weights());
  }
}
