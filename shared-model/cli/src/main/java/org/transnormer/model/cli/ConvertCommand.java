package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.lm.ModelFamilies;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model convert}. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a model folder's weights as safetensors, in the released layout.",
      "",
      "Reads safetensors and PyTorch .bin files, whole or in shards. Nothing of a .bin is executed."
          + " Every tensor is checked against config.json first. TO appears when it is whole;"
          + " tokenizer files and generation_config.json come along."
    })
final class ConvertCommand implements Callable<Integer> {

  private static final long SMALLEST_SHARD = 1_000_000;

  /** Files beside the weights that a model folder keeps as they are. */
  private static final Pattern CARRIED =
      Pattern.compile(
          "tokenizer\\.(json|model)|tokenizer_config\\.json|.*\\.tiktoken|generation_config\\.json"
              + "|special_tokens_map\\.json|added_tokens\\.json");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(index = "0", paramLabel = "FROM", description = "a model folder, or a run's folder")
  private Path from = Path.of("");

  @Parameters(index = "1", paramLabel = "TO", description = "a folder that is empty or not there")
  private Path to = Path.of("");

  /** Types that weights are written in. */
  enum Weights {
    F32(DType.F32),
    BF16(DType.BF16);

    private final DType type;

    Weights(DType type) {
      this.type = type;
    }
  }

  @Option(
      names = "--dtype",
      defaultValue = "f32",
      description =
          "f32 or bf16, rounded to the nearest; theta, the angles of positions, stays f32"
              + " (${DEFAULT-VALUE})")
  private Weights weights = Weights.F32;

  @Option(
      names = "--shard-size",
      paramLabel = "BYTES",
      defaultValue = "5GB",
      description =
          "largest file, such as 500MB; more become shards with an index (${DEFAULT-VALUE})")
  private String shardSize = "";

  @Override
  public Integer call() throws IOException {
    Path source = RunFolder.model(from);
    long largest = Sizes.bytes(shardSize);
    if (largest < SMALLEST_SHARD) {
      throw new IllegalArgumentException(
          "'%s': a shard has at least %d bytes".formatted(shardSize, SMALLEST_SHARD));
    }
    NewFolder folder = NewFolder.at(to);
    Path beside;
    try (ModelWeights model = ModelFamilies.weights(source)) {
      beside = folder.begin();
      CheckpointFolder target = new CheckpointFolder(beside);
      List<SafetensorsWriter.Source> tensors = model.sources(weights.type);
      long bytes = tensors.stream().mapToLong(SafetensorsWriter.Source::bytes).sum();
      try (Progress progress =
          new Progress(command.commandLine().getErr(), "convert", bytes, false)) {
        target.writeWeights(told(tensors, progress), largest);
      }
      target.writeConfig(model.config(), weights.type);
    }
    carry(source, beside);
    ObjectNode attributes = JsonMapper.shared().createObjectNode().put("layout", "released");
    Manifest.of(beside, CheckpointFolder.FORMAT, attributes).write(beside);
    folder.complete();
    return 0;
  }

  /** The same tensors, which tell of themselves when their turn comes. */
  private static List<SafetensorsWriter.Source> told(
      List<SafetensorsWriter.Source> tensors, Progress progress) {
    List<SafetensorsWriter.Source> told = new ArrayList<>();
    long before = 0;
    for (SafetensorsWriter.Source tensor : tensors) {
      long done = before;
      told.add(
          new SafetensorsWriter.Source(
              tensor.name(),
              tensor.type(),
              tensor.shape(),
              arena -> {
                progress.at(done, tensor.name());
                return tensor.content().in(arena);
              }));
      before += tensor.bytes();
    }
    return told;
  }

  private static void carry(Path source, Path target) throws IOException {
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = file.getFileName().toString();
        if (CARRIED.matcher(name).matches()) {
          Files.copy(file, target.resolve(name));
        }
      }
    }
  }
}
