package org.transnormer.model.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.TensorSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model convert}. */
@Command(
    name = "convert",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a model folder's weights as safetensors, in the released layout.",
      "",
      "Reads safetensors and PyTorch .bin files, whole or in shards. Nothing of a .bin is executed."
          + " Every tensor is checked against config.json first."
    })
final class ConvertCommand implements Callable<Integer> {

  private static final long SMALLEST_SHARD = 1_000_000;

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
      description = "f32 or bf16, rounded to the nearest (${DEFAULT-VALUE})")
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
    long largest = bytes(shardSize);
    try (ModelWeights model = ModelWeights.open(source)) {
      requireEmpty(to);
      CheckpointFolder target = new CheckpointFolder(Files.createDirectories(to));
      long whole = model.tensors().stream().mapToLong(TensorSpec::elements).sum();
      try (Progress progress =
          new Progress(command.commandLine().getErr(), "convert", whole, false)) {
        new ShardedWeights(model, weights.type).write(target, largest, progress);
      }
      ObjectNode config = model.config().toJson();
      config.put("torch_dtype", weights == Weights.BF16 ? "bfloat16" : "float32");
      Files.writeString(target.config(), config.toPrettyString() + "\n");
    }
    copyTokenizer(source);
    return 0;
  }

  private static void requireEmpty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new IllegalArgumentException(folder + " is not empty");
        }
      }
    }
  }

  private void copyTokenizer(Path source) throws IOException {
    for (String name :
        List.of(CheckpointFolder.TOKENIZER, "tokenizer.model", "tokenizer_config.json")) {
      if (Files.exists(source.resolve(name))) {
        Files.copy(source.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  /** A number of bytes with or without kB, MB, GB. */
  static long bytes(String text) {
    String plain = text.strip().toUpperCase(Locale.ROOT).replaceFirst("B$", "");
    long unit = 1;
    for (String prefix : List.of("K", "M", "G", "T")) {
      unit *= 1000;
      if (plain.endsWith(prefix)) {
        return scaled(text, plain.substring(0, plain.length() - 1), unit);
      }
    }
    return scaled(text, plain, 1);
  }

  private static long scaled(String text, String number, long unit) {
    try {
      double bytes = Double.parseDouble(number) * unit;
      if (bytes >= SMALLEST_SHARD && bytes < Long.MAX_VALUE) {
        return (long) bytes;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'%s' is no size, such as 500MB".formatted(text), e);
    }
    throw new IllegalArgumentException(
        "'%s': a shard has at least %d bytes".formatted(text, SMALLEST_SHARD));
  }
}
