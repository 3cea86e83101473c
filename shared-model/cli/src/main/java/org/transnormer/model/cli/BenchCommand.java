package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.train.Footprint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model bench}. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures a model's speed on this machine, beside what the machine does at the same time.",
      "",
      "Training and prefill are compared with a square product of 1024, decoding with reading"
          + " memory, each measured in turn with it. Work is counted as 2 operations a weight and"
          + " token forward and 4 backward, and the recurrence's; what chunks compute beyond that"
          + " counts for nothing. Without a model it takes d 512, L 8, H 4, f 1536, V 8192."
    })
final class BenchCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec command;

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "a model folder; its sizes count")
  private @Nullable Path folder;

  @Option(names = "--size", paramLabel = "NAME", description = "a published size (info --sizes)")
  private @Nullable String size;

  @Option(
      names = "--train",
      paramLabel = "BxT",
      defaultValue = "8x512",
      description = "batch of a training step; 0 leaves it out (${DEFAULT-VALUE})")
  private String train = "";

  @Option(
      names = "--prefill",
      paramLabel = "T",
      defaultValue = "2048",
      description = "tokens of a prompt; 0 leaves it out (${DEFAULT-VALUE})")
  private int prefill;

  @Option(
      names = "--decode",
      paramLabel = "N",
      defaultValue = "1",
      description = "sequences that are decoded together; 0 leaves it out (${DEFAULT-VALUE})")
  private int decode;

  @Option(
      names = "--weights",
      defaultValue = "f32",
      description = "what weights are kept as for prefill and decoding: ${COMPLETION-CANDIDATES}")
  private WeightStorage weights = WeightStorage.F32;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "8",
      description = "to spend on each measurement (${DEFAULT-VALUE})")
  private double seconds;

  @Option(names = "--json", description = "one JSON object instead of lines")
  private boolean json;

  @Mixin private Computing computing = new Computing(true);

  private final ObjectNode results = JsonMapper.shared().createObjectNode();

  @Override
  public Integer call() throws IOException {
    ModelConfig config = config();
    try (Backend backend = computing.open()) {
      describe(config, backend);
      if (!train.equals("0")) {
        training(config, backend);
      }
    }
    if (prefill > 0 || decode > 0) {
      serving(config);
    }
    if (json) {
      command.commandLine().getOut().println(results.toPrettyString());
      command.commandLine().getOut().flush();
    }
    return 0;
  }

  private ModelConfig config() throws IOException {
    if (folder != null) {
      return ModelFamilies.read(new CheckpointFolder(RunFolder.model(folder)).config());
    }
    return size == null ? TnlConfig.of(8192, 512, 8, 4, 1536, 0) : Sizes.named(size).config();
  }

  private void describe(ModelConfig config, Backend backend) {
    boolean pinned = computing.pin();
    results.put("machine", backend.describe()).put("parameters", config.parameterCount());
    results.put("pinned", pinned);
    tell(
        "%,d parameters; %s, threads %s",
        config.parameterCount(),
        backend.describe(),
        pinned ? "bound to processors" : "not bound to processors");
  }

  private void tell(String format, Object... values) {
    if (!json) {
      PrintWriter out = command.commandLine().getOut();
      out.printf(Locale.ROOT, format + "%n", values);
      out.flush();
    }
  }

  /** Rounds of a limit and the work in turn; the first round of both is not counted. */
  private Stopwatch measured(Runnable limit, Runnable work) {
    work.run();
    Stopwatch watch = new Stopwatch();
    long end = System.nanoTime() + (long) (seconds * 1e9);
    do {
      limit.run();
      watch.time(work);
    } while (System.nanoTime() < end || watch.rounds() < 3);
    return watch;
  }

  private void training(ModelConfig config, Backend backend) {
    TrainingShape shape = Sizes.shape(train);
    Footprint footprint = Footprint.of(config, shape, backend.compute(), 1);
    Memory.require("training", footprint.total() - footprint.moments(), backend);
    ModelFamily family = ModelFamilies.of(config);
    try (LanguageModel model = family.trainable(backend, shape);
        Limits limits = new Limits(backend)) {
      family.initialise(model, backend, 1);
      int rows = shape.sequences() * shape.length();
      int[] tokens = tokens(rows, config);
      Stopwatch watch =
          measured(
              limits::product,
              () -> model.forwardBackward(tokens, tokens, shape.sequences(), shape.length()));
      products("train " + train, watch, rows, 3 * forwardFlops(config), limits);
    }
  }

  /** The model first: what draws its weights must not be made by a thread that is bound. */
  private void serving(ModelConfig config) {
    try (CausalLm lm = untrained(config);
        Backend backend = computing.open();
        Limits limits = new Limits(backend)) {
      if (prefill > 0) {
        prefill(lm, limits);
      }
      if (decode > 0) {
        decode(lm, limits);
      }
    }
  }

  private CausalLm untrained(ModelConfig config) {
    Backend backend = computing.open();
    long bytes = (long) (bytesPerWeight() * config.parameterCount());
    try {
      Memory.require(weights + " weights", bytes, backend);
    } catch (RuntimeException e) {
      backend.close();
      throw e;
    }
    return ModelFamilies.of(config).untrained(1, backend, weights);
  }

  private void prefill(CausalLm lm, Limits limits) {
    int[] tokens = tokens(prefill, lm.config());
    Logits logits = new Logits(1, lm.config().vocabSize());
    try (SequenceState state = lm.newState()) {
      Stopwatch watch =
          measured(
              limits::product,
              () -> {
                state.reset();
                lm.prefill(state, tokens, 0, tokens.length, logits);
              });
      products("prefill " + prefill, watch, prefill, forwardFlops(lm.config()), limits);
    }
  }

  private void decode(CausalLm lm, Limits limits) {
    int[] tokens = tokens(decode, lm.config());
    Logits logits = new Logits(decode, lm.config().vocabSize());
    List<SequenceState> states = IntStream.range(0, decode).mapToObj(_ -> lm.newState()).toList();
    Stopwatch watch = measured(limits::reading, () -> lm.decode(states, tokens, logits));
    states.forEach(SequenceState::close);
    double bytes = bytesPerWeight() * lm.config().parameterCount() + 2.0 * decode * lm.stateBytes();
    double share = bytes / watch.best() / limits.bandwidth();
    ObjectNode node = results.putObject("decode " + decode);
    node.put("tokensPerSecond", decode / watch.best());
    node.put("medianTokensPerSecond", decode / watch.median());
    node.put("bytesPerSecond", bytes / watch.best())
        .put("readingBytesPerSecond", limits.bandwidth());
    tell(
        "decode %-10d %s, %.1f GB/s, %.0f %% of reading memory (%.1f GB/s)",
        decode,
        watch.rate(decode, "tokens/s"),
        bytes / watch.best() * 1e-9,
        100 * share,
        limits.bandwidth() * 1e-9);
  }

  private double bytesPerWeight() {
    return switch (weights) {
      case F32, STORED -> Float.BYTES;
      case BF16 -> Short.BYTES;
      case INT8 -> 1;
    };
  }

  private void products(String name, Stopwatch watch, int tokens, double flops, Limits limits) {
    double rate = flops * tokens / watch.best();
    ObjectNode node = results.putObject(name);
    node.put("tokensPerSecond", tokens / watch.best());
    node.put("medianTokensPerSecond", tokens / watch.median());
    node.put("flops", rate).put("productFlops", limits.flops());
    tell(
        "%-17s %s, %.1f GFLOP/s, %.0f %% of a square product (%.1f GFLOP/s)",
        name,
        watch.rate(tokens, "tokens/s"),
        rate * 1e-9,
        100 * rate / limits.flops(),
        limits.flops() * 1e-9);
  }

  /** Of one token: every weight once (the embedding as the head), and the recurrence. */
  private static double forwardFlops(ModelConfig config) {
    if (config instanceof TnlConfig tnl) {
      double keys = (double) tnl.layers() + tnl.lrpeLayers();
      double recurrence = 4 * keys * tnl.hiddenWidth() * tnl.headWidth();
      return 2.0 * tnl.publishedParameterCount() + recurrence;
    }
    return 2.0 * config.parameterCount();
  }

  private static int[] tokens(int count, ModelConfig config) {
    return new Random(3).ints(count, 0, config.vocabSize()).toArray();
  }
}
