package org.transnormer.model.backend.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.config.TnlSizes;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measures the backend on the GPU of this machine, ceilings first, and writes a report: {@code
 * bench REPORT.json [SECTION...]}, with a short table beside it, REPORT.md. Sections are ceilings,
 * correctness, attention, training, decoding, positions, prefill, and what Python's libraries need
 * for the same, peers-attention, peers-training, peers-decoding; all where none is named. {@code
 * SECTION:WORD} measures only what has the word in its name. A section that fails is said at the
 * end, by status 1 too. On a machine of several GPUs there is also {@code parallel}, for which each
 * GPU gets a process of its own, or {@code SECTION[:GPUS[:WHAT,...]]} with one of its sections:
 * ranks-correctness, ranks-scaling, ranks-sharded, ranks-tensor, ranks-sequence, ranks-faults. WHAT
 * chooses layouts by words in their names, models by their sizes, or lengths.
 */
public final class CudaBench {

  static final List<String> SECTIONS =
      List.of(
          "ceilings",
          "correctness",
          "attention",
          "peers-attention",
          "training",
          "peers-training",
          "decoding",
          "peers-decoding",
          "positions",
          "prefill");

  /** Rows up to which softmax attention is timed: at the next length it takes half a second. */
  private static final int LONGEST_OF_PEERS = 16_384;

  /** Begins the names of sections that want several GPUs. */
  private static final String RANKS = "ranks-";

  /** Ends the name of what the report says of a section that failed. */
  static final String FAILED = " failed";

  /** In the report of a step, the object of milliseconds by call. */
  static final String CALLS = "ms of a step by call";

  private static final List<Training> TRAINING =
      List.of(
          new Training("385M", 8, 2048),
          new Training("1B", 8, 2048),
          new Training("385M", 1, 16_384));

  private CudaBench() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 0) {
      System.err.println(
          "usage: bench REPORT.json [%s|parallel|%s|%s][:GPUS[:WHAT,...]]..."
              .formatted(
                  String.join("|", SECTIONS),
                  String.join("|", ParallelBench.SECTIONS),
                  ParallelBench.FAULTS));
      System.exit(2);
    }
    List<String> wanted = new ArrayList<>(Arrays.asList(arguments).subList(1, arguments.length));
    if (wanted.isEmpty()) {
      wanted.addAll(SECTIONS);
    }
    if (wanted.remove("parallel")) {
      wanted.addAll(ParallelBench.SECTIONS);
      wanted.add(ParallelBench.FAULTS);
    }
    System.exit(bench(Path.of(arguments[0]), wanted) ? 0 : 1);
  }

  /** Whether all sections went well. */
  static boolean bench(Path file, List<String> wanted) throws IOException, InterruptedException {
    long started = System.nanoTime();
    boolean well = true;
    ObjectNode report = JsonMapper.shared().createObjectNode();
    for (String section : wanted) {
      say("== %s", section);
      String name = section.startsWith(RANKS) ? section : section.split(":")[0];
      try {
        run(section, report.withObjectProperty(name), file);
      } catch (RuntimeException | OutOfMemoryError | IOException e) {
        well = false;
        report.put(name + FAILED, e.toString());
        e.printStackTrace();
      }
      report.put("seconds", (System.nanoTime() - started) * 1e-9);
      Files.writeString(file, report.toPrettyString() + "\n");
    }
    String table = BenchTable.from(report);
    Files.writeString(Path.of(file.toString().replaceFirst("(\\.json)?$", ".md")), table);
    say("%s", table);
    return well;
  }

  private static void run(String section, ObjectNode report, Path file)
      throws IOException, InterruptedException {
    if (section.startsWith(RANKS)) {
      String[] words = section.split(":");
      int ranks = words.length > 1 ? Integer.parseInt(words[1]) : DriverLauncher.visible();
      new ParallelBench(ranks, Path.of(file + ".files").toAbsolutePath()).run(section, report);
      return;
    }
    String[] words = section.split(":", 2);
    Predicate<String> chosen = name -> words.length == 1 || name.contains(words[1]);
    switch (words[0]) {
      case "ceilings" -> {
        try (DriverLauncher launcher = new DriverLauncher(0, true)) {
          new Ceilings(launcher).run(report);
        }
      }
      case "correctness" -> Correctness.run(report);
      case "attention" -> attention(report, chosen);
      case "training" -> {
        for (Training each : TRAINING) {
          if (chosen.test(each.name())) {
            training(report.putObject(each.name()), each);
          }
        }
      }
      case "decoding" -> inference(report, chosen, List.of("385M", "1B"), InferenceSpeed::decode);
      case "positions" -> inference(report, chosen, List.of("385M"), InferenceSpeed::positions);
      case "prefill" -> inference(report, chosen, List.of("385M"), InferenceSpeed::prefill);
      case "peers-attention", "peers-training", "peers-decoding" ->
          peers(report, words[0], chosen, file);
      default -> throw new IllegalArgumentException("no section " + section + " in " + SECTIONS);
    }
  }

  /** A training step that is measured here and with other libraries. */
  private record Training(String size, int sequences, int length) {

    String name() {
      return "%s, %d x %d".formatted(size, sequences, length);
    }
  }

  private static void attention(ObjectNode report, Predicate<String> chosen) {
    try (DriverLauncher launcher = new DriverLauncher(0, true);
        CudaBackend backend = new CudaBackend(launcher, ElementType.BF16)) {
      new AttentionSpeed(backend, launcher, AttentionSpeed.TIMES)
          .run(
              report,
              AttentionSpeed.shapes().stream().filter(s -> chosen.test(s.name())).toList(),
              AttentionSpeed.steps().stream().filter(s -> chosen.test(s.name())).toList());
    }
  }

  private static void training(ObjectNode report, Training training) {
    try (DriverLauncher launcher = new DriverLauncher(0, true);
        CudaBackend backend = new CudaBackend(launcher, ElementType.BF16)) {
      TrainingShape shape = TrainingShape.of(training.sequences, training.length);
      new TrainingSpeed(backend, launcher, config(training.size), shape).run(report);
    }
  }

  private static void inference(
      ObjectNode report,
      Predicate<String> chosen,
      List<String> sizes,
      BiConsumer<InferenceSpeed, ObjectNode> what) {
    for (String size : sizes.stream().filter(chosen).toList()) {
      try (DriverLauncher launcher = new DriverLauncher(0, true);
          CudaBackend backend = new CudaBackend(launcher, ElementType.BF16)) {
        what.accept(new InferenceSpeed(backend, launcher, config(size)), report.putObject(size));
      }
    }
  }

  private static void peers(ObjectNode report, String section, Predicate<String> chosen, Path file)
      throws IOException, InterruptedException {
    Peers peers = Peers.ofEnvironment(Path.of(file + ".peers.txt"));
    switch (section) {
      case "peers-attention" ->
          peers.run(
              report,
              "cuda_attention.py",
              AttentionSpeed.lengths()
                  .filter(n -> n <= LONGEST_OF_PEERS && chosen.test(AttentionSpeed.nameOf(n)))
                  .mapToObj(Integer::toString)
                  .toArray(String[]::new));
      case "peers-training" ->
          peers.run(
              report,
              "cuda_tnl.py",
              TRAINING.stream()
                  .filter(each -> chosen.test(each.name()))
                  .map(each -> "train:%s:%dx%d".formatted(each.size, each.sequences, each.length))
                  .toArray(String[]::new));
      default ->
          peers.run(
              report,
              "cuda_tnl.py",
              Stream.of("385M", "1B")
                  .filter(chosen)
                  .map("decode:%s"::formatted)
                  .toArray(String[]::new));
    }
  }

  static TnlConfig config(String size) {
    return TnlSizes.named("tnl1-" + size.toLowerCase(Locale.ROOT))
        .orElseThrow(() -> new IllegalArgumentException("no model is called " + size));
  }

  /** What the device does in a step, call by call; gaps between calls are not in it. */
  static void profile(ObjectNode report, DriverLauncher launcher, Runnable step) {
    ObjectNode calls = report.putObject(CALLS);
    launcher.profile(step).entrySet().stream()
        .sorted(Comparator.comparingDouble(entry -> -entry.getValue().millis()))
        .forEach(entry -> {
          Profile.Total total = entry.getValue();
          calls.put("%s (%d)".formatted(entry.getKey(), total.calls()), total.millis());
          say("  %8.3f ms  %4d  %s", total.millis(), total.calls(), entry.getKey());
        });
  }

  static void say(String format, Object... arguments) {
    System.out.printf(Locale.ROOT, format + "%n", arguments);
  }
}
