package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tokenizer.TokenizerJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything about a model that can be told without loading it.
 *
 * @param files of the folder that it lies in; empty for a configuration alone
 * @param activations bytes that training takes for them, all kept
 * @param recomputed the same with layers computed again on the way back
 */
record ModelFacts(
    ModelConfig config,
    List<TensorSpec> tensors,
    long stateBytes,
    TrainingShape shape,
    long activations,
    long recomputed,
    List<Path> files,
    @Nullable Integer tokenizerEntries,
    @Nullable JsonNode training) {

  /** Rows that attention computes together; plans differ by less than a percent for others. */
  private static final int ATTENTION_CHUNK = 64;

  /** Float bytes of a parameter, its gradient and its two moments. */
  private static final int TRAINED_BYTES = 4 * Float.BYTES;

  static ModelFacts of(ModelConfig config, TrainingShape shape, @Nullable CheckpointFolder folder)
      throws IOException {
    ModelFamily family = ModelFamilies.of(config);
    TrainingShape again = new TrainingShape(shape.sequences(), shape.length(), true);
    return new ModelFacts(
        config,
        family.tensors(),
        family.stateBytes(),
        shape,
        family.plan(ATTENTION_CHUNK, ElementType.F32, shape).bytes(),
        family.plan(ATTENTION_CHUNK, ElementType.F32, again).bytes(),
        folder == null ? List.of() : files(folder.path()),
        folder == null || !Files.exists(folder.tokenizer())
            ? null
            : TokenizerJson.read(folder.tokenizer()).vocabSize(),
        folder == null || !Files.exists(folder.trainingState())
            ? null
            : JsonMapper.shared().readTree(Files.readString(folder.trainingState())));
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private long parameters() {
    return config.parameterCount();
  }

  private String kind() {
    return switch (config) {
      case TnlConfig tnl ->
          tnl.generation() == 1
              ? "TransNormerLLM, first generation"
              : "TransNormerLLM, third generation";
    };
  }

  void print(PrintWriter out) throws IOException {
    Console.row(out, "family", "%s (%s)", kind(), config.family());
    config.toJson().properties().forEach(f -> Console.row(out, f.getKey(), "%s", f.getValue()));
    Console.row(out, "parameters", "%,d in %,d tensors", parameters(), tensors.size());
    for (Path file : files) {
      Console.row(out, "file", "%s, %s", file.getFileName(), Console.bytes(Files.size(file)));
    }
    if (tokenizerEntries != null) {
      Console.row(out, "tokenizer", "%,d entries", tokenizerEntries);
    }
    if (training != null) {
      String steps = training.path("spec").path("steps").toString();
      Console.row(out, "trained", "%s of %s steps", training.path("step"), steps);
    }
    Console.row(
        out,
        "to run it",
        "weights %s as f32, %s as bf16, %s as int8; %s for each sequence, whatever its length",
        Console.bytes(Float.BYTES * parameters()),
        Console.bytes(2 * parameters()),
        Console.bytes(parameters()),
        Console.bytes(stateBytes));
    Console.row(
        out,
        "to train it",
        "%s for weights, gradients and moments as f32; activations of %d x %d tokens %s, or %s"
            + " when layers are computed again on the way back",
        Console.bytes(TRAINED_BYTES * parameters()),
        shape.sequences(),
        shape.length(),
        Console.bytes(activations),
        Console.bytes(recomputed));
  }

  void printTensors(PrintWriter out) {
    tensors.forEach(t -> out.printf("    %-56s %s%n", t.name(), t.shape()));
  }

  ObjectNode toJson(boolean withTensors) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("family", config.family());
    root.put("kind", kind());
    root.set("config", config.toJson());
    root.put("parameters", parameters());
    if (config instanceof TnlConfig tnl) {
      root.put("parametersWithoutTheta", tnl.publishedParameterCount());
    }
    root.put("tensorCount", tensors.size());
    ObjectNode running = root.putObject("inference");
    running.put("weightBytesF32", 4 * parameters());
    running.put("weightBytesBf16", 2 * parameters());
    running.put("stateBytesPerSequence", stateBytes);
    ObjectNode trained = root.putObject("training");
    trained.put("sequences", shape.sequences());
    trained.put("length", shape.length());
    trained.put("parameterBytes", TRAINED_BYTES * parameters());
    trained.put("activationBytes", activations);
    trained.put("activationBytesRecomputed", recomputed);
    ArrayNode names = root.putArray("files");
    files.forEach(file -> names.add(file.getFileName().toString()));
    if (tokenizerEntries != null) {
      root.put("tokenizerEntries", tokenizerEntries);
    }
    if (training != null) {
      root.put("step", training.path("step").longValue());
    }
    if (withTensors) {
      ObjectNode list = root.putObject("tensors");
      tensors.forEach(t -> t.shape().forEach(list.putArray(t.name())::add));
    }
    return root;
  }
}
