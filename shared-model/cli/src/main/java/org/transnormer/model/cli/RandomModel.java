package org.transnormer.model.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;

/** A model folder with initial weights, for measuring speed; deleted when it is closed. */
record RandomModel(Path folder) implements AutoCloseable {

  static RandomModel of(ModelConfig config, Backend backend) throws IOException {
    CheckpointFolder folder = new CheckpointFolder(Files.createTempDirectory("tnl-bench"));
    ModelFamily family = ModelFamilies.of(config);
    try (LanguageModel model = family.trainable(backend, 1, 1);
        Arena arena = Arena.ofConfined()) {
      family.initialise(model, backend, 1);
      List<SafetensorsWriter.Source> sources = new ArrayList<>();
      for (TensorSpec tensor : family.tensors()) {
        sources.add(
            SafetensorsWriter.Source.floats(
                tensor.name(),
                tensor.shape(),
                backend.view(model.parameters().get(tensor.name()), arena)));
      }
      SafetensorsWriter.write(folder.model(), sources, Map.of());
    }
    config.write(folder.config());
    return new RandomModel(folder.path());
  }

  @Override
  public void close() throws IOException {
    RunFolder.delete(folder);
  }
}
