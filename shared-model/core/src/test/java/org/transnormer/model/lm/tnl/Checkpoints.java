package org.transnormer.model.lm.tnl;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.TnlConfig;

/** Model folders with freshly drawn weights. */
public final class Checkpoints {

  private Checkpoints() {}

  public static void write(Path path, TnlConfig config, Backend backend, long seed)
      throws IOException {
    try (TnlTrainable model = new TnlTrainable(backend, config, 1, 1)) {
      new TnlFamily(config).initialise(model, backend, seed);
      write(path, config, backend, model);
    }
  }

  static void write(Path path, TnlConfig config, Backend backend, TnlTrainable model)
      throws IOException {
    CheckpointFolder folder = new CheckpointFolder(path);
    try (Arena arena = Arena.ofConfined()) {
      List<SafetensorsWriter.Source> sources = new ArrayList<>();
      for (TensorSpec spec : TnlTensors.of(config)) {
        sources.add(
            SafetensorsWriter.Source.floats(
                spec.name(),
                spec.shape(),
                backend.view(model.parameters().get(spec.name()), arena)));
      }
      SafetensorsWriter.write(folder.model(), sources, Map.of());
    }
    config.write(folder.config());
  }
}
