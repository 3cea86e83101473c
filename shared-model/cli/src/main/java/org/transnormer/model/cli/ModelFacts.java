package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tokenizer.TokenizerJson;
import org.transnormer.model.train.Footprint;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything about a model that can be told without loading it.
 *
 * @param files of the folder that it lies in; empty for a configuration alone
 * @param kept what training in fp32 takes with all activations kept
 * @param recomputed the same with layers computed again on the way back
 * @param mixed what training in bf16 takes of each card, layers computed again: on cards that hold
 *     whole layers, and on cards that split them
 * @param cardBytes memory of such a card
 */
record ModelFacts(
    ModelConfig config,
    List<TensorSpec> tensors,
    long stateBytes,
    TrainingShape shape,
    Footprint kept,
    Footprint recomputed,
    List<Footprint> mixed,
    long cardBytes,
    List<Path> files,
    @Nullable Integer tokenizerEntries,
    @Nullable JsonNode training) {

  /** Cards that split a layer, which are those of one host. */
  private static final int HOST_CARDS = 8;

  static ModelFacts of(
      ModelConfig config, TrainingShape shape, long cardBytes, @Nullable CheckpointFolder folder)
      throws IOException {
    ModelFamily family = ModelFamilies.of(config);
    TrainingShape again = new TrainingShape(shape.sequences(), shape.length(), true);
    return new ModelFacts(
        config,
        family.tensors(),
        family.stateBytes(),
        shape,
        Footprint.of(config, shape, ElementType.F32, 1),
        Footprint.of(config, again, ElementType.F32, 1),
        mixed(config, again),
        cardBytes,
        folder == null ? List.of() : files(folder.path()),
        folder == null ? null : tokenizerEntries(folder.path()),
        folder == null || !Files.exists(folder.trainingState())
            ? null
            : JsonMapper.shared().readTree(Files.readString(folder.trainingState())));
  }

  private static List<Footprint> mixed(ModelConfig config, TrainingShape shape) {
    Footprint whole = Footprint.of(config, shape, ElementType.BF16, 1);
    try {
      return List.of(whole, Footprint.of(config, shape, ElementType.BF16, HOST_CARDS));
    } catch (InvalidConfigException e) {
      return List.of(whole); // Its heads cannot be split so.
    }
  }

  private static @Nullable Integer tokenizerEntries(Path folder) throws IOException {
    Optional<Path> tokenizer = TokenizerJson.in(folder);
    return tokenizer.isEmpty() ? null : TokenizerJson.read(tokenizer.get()).vocabSize();
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
    if (config instanceof TnlConfig tnl) {
      return tnl.generation() == 1
          ? "TransNormerLLM, first generation"
          : "TransNormerLLM, third generation";
    }
    return config.architecture();
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
        Console.bytes(kept.total() - kept.activations()),
        shape.sequences(),
        shape.length(),
        Console.bytes(kept.activations()),
        Console.bytes(recomputed.activations()));
    for (Footprint each : mixed) {
      Console.row(
          out,
          each.tensorRanks() == 1 ? "in bf16, on cards" : "layers split in " + each.tensorRanks(),
          "%s on each; cards of %s: %s that hold all of it, %s that share the optimizer,"
              + " %s if they shared weights and gradients too",
          Console.bytes(each.total()),
          Console.bytes(cardBytes),
          count(each.cards(cardBytes)),
          count(each.cardsSharingOptimizer(cardBytes)),
          count(each.cardsSharingEverything(cardBytes)));
    }
  }

  private static String count(OptionalInt cards) {
    return cards.isPresent() ? "%,d".formatted(cards.getAsInt()) : "no number";
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
    trained.put("parameterBytes", kept.total() - kept.activations());
    trained.put("activationBytes", kept.activations());
    trained.put("activationBytesRecomputed", recomputed.activations());
    ArrayNode cards = trained.putArray("cards");
    for (Footprint each : mixed) {
      ObjectNode node = cards.addObject().put("splitLayers", each.tensorRanks());
      node.put("bytesOnEach", each.total()).put("cardBytes", cardBytes);
      each.cards(cardBytes).ifPresent(n -> node.put("holdingAll", n));
      each.cardsSharingOptimizer(cardBytes).ifPresent(n -> node.put("sharingOptimizer", n));
      each.cardsSharingEverything(cardBytes).ifPresent(n -> node.put("sharingEverything", n));
    }
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
