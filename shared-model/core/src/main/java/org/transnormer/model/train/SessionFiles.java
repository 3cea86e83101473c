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
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ParameterLayout;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Shares;

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
    try (Arena arena = Arena.ofConfined()) {
      List<SafetensorsWriter.Source> sources =
          sources(model, "", model.memory().exact(), ranks, arena);
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
      List<SafetensorsWriter.Source> sources = new ArrayList<>();
      sources.addAll(sources(model, FIRST_MOMENT, update.firstMoments(), ranks, arena));
      sources.addAll(sources(model, SECOND_MOMENT, update.secondMoments(), ranks, arena));
      if (ranks.writes()) {
        SafetensorsWriter.write(folder.optimizer(), sources, METADATA);
      }
    }
  }

  /** What there is to write, on the rank that writes. */
  private static List<SafetensorsWriter.Source> sources(
      LanguageModel model, String prefix, Shares numbers, Ranks ranks, Arena arena) {
    ParameterLayout layout = model.memory().layout();
    List<SafetensorsWriter.Source> sources = new ArrayList<>();
    for (String name : layout.names()) {
      numbers.read(
          layout.from(name),
          layout.shape(name),
          own -> {
            if (!ranks.gathers()) {
              return;
            }
            boolean stays = numbers.whole() && ranks.writes();
            try (Arena passing = Arena.ofConfined()) {
              MemorySegment whole = model.whole(name, own, stays ? arena : passing);
              if (ranks.writes()) {
                MemorySegment kept = stays ? whole : copy(whole, arena);
                sources.add(
                    SafetensorsWriter.Source.floats(prefix + name, shape(model, name), kept));
              }
            }
          });
    }
    return sources;
  }

  private static MemorySegment copy(MemorySegment numbers, Arena arena) {
    return arena.allocate(numbers.byteSize(), Float.BYTES).copyFrom(numbers);
  }

  static void readModel(Path folder, LanguageModel model) throws IOException {
    try (ModelWeights weights = ModelFamilies.of(model.config()).weights(folder)) {
      for (String name : model.memory().layout().names()) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment numbers = floats(shape(model, name), arena);
          weights.copyFloats(name, numbers, 0);
          model.take(name, model.memory().exact(), numbers);
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
      read(tensors, FIRST_MOMENT, model, update.firstMoments());
      read(tensors, SECOND_MOMENT, model, update.secondMoments());
    }
  }

  private static void read(Safetensors file, String prefix, LanguageModel model, Shares targets)
      throws IOException {
    for (String parameter : model.memory().layout().names()) {
      String name = prefix + parameter;
      List<Long> shape = shape(model, parameter);
      if (!file.info(name).shape().equals(shape)) {
        throw new MalformedCheckpointException(
            file.file(),
            "tensor '%s' has shape %s, the model asks for %s"
                .formatted(name, file.info(name).shape(), shape));
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment numbers = floats(shape, arena);
        file.copyFloats(name, numbers, 0);
        model.take(parameter, targets, numbers);
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
