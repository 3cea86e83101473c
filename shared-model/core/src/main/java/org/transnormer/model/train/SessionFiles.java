package org.transnormer.model.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.MalformedCheckpointException;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.tensor.NamedTensors;
import org.transnormer.model.tensor.Tensor;

/** Parameters and moments to and from the files of a checkpoint. */
final class SessionFiles {

  private static final String FIRST_MOMENT = "first.";
  private static final String SECOND_MOMENT = "second.";
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private SessionFiles() {}

  static void writeModel(CheckpointFolder folder, Backend backend, LanguageModel model)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      folder.writeWeights(
          sources(backend, "", model.parameters(), arena), CheckpointFolder.LARGEST_FILE);
    }
    folder.writeConfig(model.config(), DType.F32);
  }

  /**
   * @param ranks all of which call this; one writes
   */
  static void writeMoments(
      CheckpointFolder folder, Backend backend, ParameterUpdate update, Ranks ranks)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      update
          .firstMoments()
          .read(first ->
              update
                  .secondMoments()
                  .read(second -> {
                    if (ranks.writes()) {
                      List<SafetensorsWriter.Source> sources = new ArrayList<>();
                      sources.addAll(sources(backend, FIRST_MOMENT, first, arena));
                      sources.addAll(sources(backend, SECOND_MOMENT, second, arena));
                      SafetensorsWriter.write(folder.optimizer(), sources, METADATA);
                    }
                  }));
    }
  }

  private static List<SafetensorsWriter.Source> sources(
      Backend backend, String prefix, NamedTensors tensors, Arena arena) {
    List<SafetensorsWriter.Source> sources = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : tensors.byName().entrySet()) {
      sources.add(
          SafetensorsWriter.Source.floats(
              prefix + entry.getKey(),
              shape(entry.getValue()),
              backend.view(entry.getValue(), arena)));
    }
    return sources;
  }

  static void readModel(Path folder, Backend backend, LanguageModel model) throws IOException {
    try (ModelWeights weights = ModelWeights.open(folder, model.config())) {
      for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment numbers = floats(entry.getValue(), arena);
          weights.copyFloats(entry.getKey(), numbers, 0);
          backend.write(entry.getValue(), numbers);
        }
      }
      model.round();
    }
  }

  static void readMoments(CheckpointFolder folder, Backend backend, ParameterUpdate update)
      throws IOException {
    Path file = folder.optimizer();
    if (!Files.exists(file)) {
      throw new MalformedCheckpointException(file, "is missing, so the run cannot go on from here");
    }
    try (Safetensors tensors = Safetensors.open(file)) {
      update.firstMoments().write(all -> read(tensors, FIRST_MOMENT, backend, all));
      update.secondMoments().write(all -> read(tensors, SECOND_MOMENT, backend, all));
    }
  }

  private static void read(Safetensors file, String prefix, Backend backend, NamedTensors targets)
      throws IOException {
    for (Map.Entry<String, Tensor> entry : targets.byName().entrySet()) {
      String name = prefix + entry.getKey();
      if (!file.info(name).shape().equals(shape(entry.getValue()))) {
        throw new MalformedCheckpointException(
            file.file(),
            "tensor '%s' has shape %s, the model asks for %s"
                .formatted(name, file.info(name).shape(), shape(entry.getValue())));
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment numbers = floats(entry.getValue(), arena);
        file.copyFloats(name, numbers, 0);
        backend.write(entry.getValue(), numbers);
      }
    }
  }

  private static MemorySegment floats(Tensor tensor, Arena arena) {
    return arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
  }

  private static List<Long> shape(Tensor tensor) {
    List<Long> shape = new ArrayList<>();
    for (long axis : tensor.shape()) {
      shape.add(axis);
    }
    return shape;
  }
}
