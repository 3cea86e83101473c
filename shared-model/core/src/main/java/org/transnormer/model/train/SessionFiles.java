package org.transnormer.model.train;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

  /**
   * @param ranks all of which call this; one writes
   */
  static void writeModel(CheckpointFolder folder, LanguageModel model, Ranks ranks)
      throws IOException {
    if (!ranks.gathers()) {
      return;
    }
    try (Arena arena = Arena.ofConfined()) {
      List<SafetensorsWriter.Source> sources = sources(model, "", model.parameters(), arena);
      if (ranks.writes()) {
        folder.writeWeights(sources, CheckpointFolder.LARGEST_FILE);
        folder.writeConfig(model.config(), DType.F32);
      }
    }
  }

  /**
   * @param ranks all of which call this; one writes
   */
  static void writeMoments(
      CheckpointFolder folder, LanguageModel model, ParameterUpdate update, Ranks ranks)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      update
          .firstMoments()
          .read(first ->
              update
                  .secondMoments()
                  .read(second -> {
                    if (ranks.gathers()) {
                      List<SafetensorsWriter.Source> sources = new ArrayList<>();
                      sources.addAll(sources(model, FIRST_MOMENT, first, arena));
                      sources.addAll(sources(model, SECOND_MOMENT, second, arena));
                      if (ranks.writes()) {
                        SafetensorsWriter.write(folder.optimizer(), sources, METADATA);
                      }
                    }
                  }));
    }
  }

  private static List<SafetensorsWriter.Source> sources(
      LanguageModel model, String prefix, NamedTensors tensors, Arena arena) {
    List<SafetensorsWriter.Source> sources = new ArrayList<>();
    for (Map.Entry<String, Tensor> entry : tensors.byName().entrySet()) {
      sources.add(
          SafetensorsWriter.Source.floats(
              prefix + entry.getKey(),
              shape(model, entry.getKey()),
              model.whole(entry.getKey(), entry.getValue(), arena)));
    }
    return sources;
  }

  static void readModel(Path folder, LanguageModel model) throws IOException {
    try (ModelWeights weights = ModelWeights.open(folder, model.config())) {
      for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment numbers = floats(shape(model, entry.getKey()), arena);
          weights.copyFloats(entry.getKey(), numbers, 0);
          model.take(entry.getKey(), entry.getValue(), numbers);
        }
      }
      model.round();
    }
  }

  static void readMoments(CheckpointFolder folder, LanguageModel model, ParameterUpdate update)
      throws IOException {
    Path file = folder.optimizer();
    if (!Files.exists(file)) {
      throw new MalformedCheckpointException(file, "is missing, so the run cannot go on from here");
    }
    try (Safetensors tensors = Safetensors.open(file)) {
      update.firstMoments().write(all -> read(tensors, FIRST_MOMENT, model, all));
      update.secondMoments().write(all -> read(tensors, SECOND_MOMENT, model, all));
    }
  }

  private static void read(
      Safetensors file, String prefix, LanguageModel model, NamedTensors targets)
      throws IOException {
    for (Map.Entry<String, Tensor> entry : targets.byName().entrySet()) {
      String name = prefix + entry.getKey();
      List<Long> shape = shape(model, entry.getKey());
      if (!file.info(name).shape().equals(shape)) {
        throw new MalformedCheckpointException(
            file.file(),
            "tensor '%s' has shape %s, the model asks for %s"
                .formatted(name, file.info(name).shape(), shape));
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment numbers = floats(shape, arena);
        file.copyFloats(name, numbers, 0);
        model.take(entry.getKey(), entry.getValue(), numbers);
      }
    }
  }

  private static MemorySegment floats(List<Long> shape, Arena arena) {
    long elements = shape.stream().reduce(1L, Math::multiplyExact);
    return arena.allocate(elements * Float.BYTES, Float.BYTES);
  }

  private static List<Long> shape(LanguageModel model, String parameter) {
    return Arrays.stream(model.wholeShape(parameter)).boxed().toList();
  }
}
