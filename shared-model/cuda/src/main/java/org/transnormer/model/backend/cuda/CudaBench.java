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
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.config.TnlSizes;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measures the backend on the GPU of this machine, ceilings first, and writes a report: {@code
 * bench REPORT.json [SECTION...]}. Sections are ceilings, correctness, training, decoding,
 * positions, prefill; all of them where none is named. On a machine of several GPUs there is also
 * {@code parallel}, for which each GPU gets a process of its own, or {@code
 * SECTION[:GPUS[:WHAT,...]]} with one of its sections: ranks-correctness, ranks-scaling,
 * ranks-sharded, ranks-tensor, ranks-sequence, ranks-faults. WHAT chooses layouts by words in their
 * names, models by their sizes, or lengths.
 */
public final class CudaBench {

  private static final List<String> SECTIONS =
      List.of("ceilings", "correctness", "training", "decoding", "positions", "prefill");

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
    long started = System.nanoTime();
    ObjectNode report = JsonMapper.shared().createObjectNode();
    Path file = Path.of(arguments[0]);
    for (String section : wanted) {
      say("== %s", section);
      try {
        run(section, report.putObject(section), file);
      } catch (RuntimeException | OutOfMemoryError | IOException e) {
        report.put(section + " failed", e.toString());
        e.printStackTrace();
      }
      report.put("seconds", (System.nanoTime() - started) * 1e-9);
      Files.writeString(file, report.toPrettyString() + "\n");
    }
  }

  private static void run(String section, ObjectNode report, Path file)
      throws IOException, InterruptedException {
    if (section.startsWith("ranks-")) {
      String[] words = section.split(":");
      int ranks = words.length > 1 ? Integer.parseInt(words[1]) : DriverLauncher.visible();
      new ParallelBench(ranks, Path.of(file + ".files").toAbsolutePath()).run(section, report);
      return;
    }
    switch (section) {
      case "ceilings" -> {
        try (DriverLauncher launcher = new DriverLauncher(0, true)) {
          new Ceilings(launcher).run(report);
        }
      }
      case "correctness" -> Correctness.run(report);
      case "training" -> {
        training(report, "385M", 8, 2048);
        training(report, "1B", 8, 2048);
        training(report, "385M", 1, 16_384);
      }
      case "decoding" -> {
        inference(report, "385M", InferenceSpeed::decode);
        inference(report, "1B", InferenceSpeed::decode);
      }
      case "positions" -> inference(report, "385M", InferenceSpeed::positions);
      case "prefill" -> inference(report, "385M", InferenceSpeed::prefill);
      default -> throw new IllegalArgumentException("no section " + section + " in " + SECTIONS);
    }
  }

  private static void training(ObjectNode report, String size, int sequences, int length) {
    try (DriverLauncher launcher = new DriverLauncher(0, true);
        CudaBackend backend = new CudaBackend(launcher, ElementType.BF16)) {
      TrainingShape shape = TrainingShape.of(sequences, length);
      new TrainingSpeed(backend, launcher, config(size), shape)
          .run(report.putObject("%s, %d x %d".formatted(size, sequences, length)));
    }
  }

  private static void inference(
      ObjectNode report, String size, BiConsumer<InferenceSpeed, ObjectNode> what) {
    try (DriverLauncher launcher = new DriverLauncher(0, true);
        CudaBackend backend = new CudaBackend(launcher, ElementType.BF16)) {
      what.accept(new InferenceSpeed(backend, launcher, config(size)), report.putObject(size));
    }
  }

  private static TnlConfig config(String size) {
    return TnlSizes.named("tnl1-" + size.toLowerCase(Locale.ROOT))
        .orElseThrow(() -> new IllegalArgumentException("no model is called " + size));
  }

  /** What the device does in a step, call by call; gaps between calls are not in it. */
  static void profile(ObjectNode report, DriverLauncher launcher, Runnable step) {
    ObjectNode calls = report.putObject("ms of a step by call");
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
