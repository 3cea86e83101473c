package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.tensor.ElementType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The bench away from a GPU: what it prints of a report from one, and what it does without. */
class CudaBenchTest {

  private static final Path REPORT = Path.of("../../docs/benchmarks/cuda-backend-h100.json");

  @TempDir private Path folder;

  private static ObjectNode emptyReport() {
    return JsonMapper.shared().createObjectNode();
  }

  private static JsonNode committedReport() {
    return JsonMapper.shared().readTree(REPORT.toFile());
  }

  @Test
  void theTableOfAReportFromACardHasEverySection() {
    assertThat(BenchTable.from(committedReport()))
        .startsWith("NVIDIA H100 80GB HBM3: copy ")
        .contains("| 385M, 8 x 2048 | ", "| 1B, batch 256 | ", "| adamw | 1 | 11,969.5 | - | ");
  }

  /** Forward once, backward twice, with the table of tokens as the classifier. */
  @Test
  void productsOfAStepAreSixOperationsATokenAndParameter() {
    TnlConfig config = CudaBench.config("385M");
    KernelCosts costs = KernelCosts.training(config, 8, 2048);
    double flop =
        calls("385M, 8 x 2048").entrySet().stream()
            .filter(call -> call.getKey().startsWith("product"))
            .mapToDouble(call -> costs.of(call.getKey(), call.getValue()).orElseThrow().flop())
            .sum();

    assertThat(flop / (6.0 * 8 * 2048 * config.parameterCount())).isCloseTo(1, within(1e-3));
  }

  @Test
  void everyKernelOfATrainingStepHasItsCost() {
    for (String step : List.of("385M, 8 x 2048", "1B, 8 x 2048", "385M, 1 x 16384")) {
      KernelCosts costs = KernelCosts.training(CudaBench.config("385M"), 8, 2048);
      calls(step)
          .forEach((kernel, count) -> {
            if (!kernel.equals("sum_of_parts")) {
              assertThat(costs.of(kernel, count)).as(kernel).isPresent();
            }
          });
    }
  }

  private static Map<String, Integer> calls(String step) {
    Map<String, Integer> calls = new HashMap<>();
    for (String call :
        committedReport().get("training").get(step).get(CudaBench.CALLS).propertyNames()) {
      int at = call.lastIndexOf(" (");
      calls.put(call.substring(0, at), Integer.parseInt(call.substring(at + 2, call.length() - 1)));
    }
    return calls;
  }

  @Test
  void aRowOfAttentionCostsWhatTheDocumentationCounts() {
    assertThat(KernelCosts.flop(128, 128)).isEqualTo(86_016);
  }

  @Test
  void attentionIsTimedInEveryDirectionAndInSteps() {
    ObjectNode report = emptyReport();
    try (CudaBackend backend = Emulation.openByDriver(ElementType.BF16)) {
      DriverLauncher launcher = (DriverLauncher) backend.launcher();
      new AttentionSpeed(backend, launcher, 1)
          .run(
              report,
              List.of(new AttentionSpeed.Shape("4 x 32 heads, 512", 1, 1, 10, 64, 64)),
              List.of(new AttentionSpeed.Step(2, 1, 64, 3)));
    }
    // The emulated driver's graphs take a millisecond; four runs are in one.
    JsonNode shape = report.get("4 x 32 heads, 512");
    assertThat(shape.get("ms forward").asDouble()).isEqualTo(0.25);
    assertThat(shape.get("ms backward").asDouble()).isEqualTo(0.25);
    assertThat(shape.get("bytes of saved states").asLong()).isEqualTo(64 * 64 * 4);
    assertThat(report.get("step of 2 sequences, 1 heads").get("ms").asDouble())
        .isCloseTo(0.25 / 3, within(1e-9));
    ObjectNode all = emptyReport();
    all.set("attention", report);
    assertThat(BenchTable.from(all)).contains("| 4 x 32 heads, 512 | 0.250 / 0.250 | 0.250 | - ");
  }

  @Test
  void aSectionThatFailsIsSaidInTheReportTheTableAndTheResult() throws Exception {
    Path file = folder.resolve("report.json");

    assertThat(CudaBench.bench(file, List.of("nothing"))).isFalse();

    assertThat(Files.readString(file)).contains("nothing failed", "no section nothing");
    assertThat(Files.readString(folder.resolve("report.md"))).startsWith("nothing failed: ");
  }

  @Test
  void everySectionIsThere() throws Exception {
    assumeThatThrownBy(() -> new DriverLauncher(0, true).close())
        .as("with a GPU the sections would run")
        .isInstanceOf(CudaUnavailableException.class);
    List<String> ours =
        CudaBench.SECTIONS.stream().filter(section -> !section.startsWith("peers-")).toList();
    Path file = folder.resolve("report.json");

    assertThat(CudaBench.bench(file, ours)).isFalse();

    JsonNode report = JsonMapper.shared().readTree(file.toFile());
    assertThat(ours)
        .allSatisfy(section ->
            assertThat(report.get(section + CudaBench.FAILED).asString())
                .startsWith(CudaUnavailableException.class.getName()));
  }

  @Test
  void peersAreSkippedWithAReasonWherePythonHasThemNot() throws Exception {
    ObjectNode report = emptyReport();
    Path script = Files.writeString(folder.resolve("peer.py"), "");

    new Peers(folder, python("echo no torch; exit 1"), folder.resolve("messages"))
        .run(report, script.getFileName().toString());
    assertThat(report.get(Peers.SKIPPED).asString()).endsWith("no torch");

    new Peers(folder, "no-such-python", folder.resolve("messages")).run(report, "peer.py");
    assertThat(report.get(Peers.SKIPPED).asString()).startsWith("no Python: ");

    new Peers(folder, python("exit 0"), folder.resolve("messages")).run(report, "other.py");
    assertThat(report.get(Peers.SKIPPED).asString()).endsWith("other.py is not here");
  }

  @Test
  void whatPeersPrintStandsBesideOurs() throws Exception {
    Files.writeString(folder.resolve("peer.py"), "");
    String said =
        "{\"what\": \"fla chunk\", \"n\": 8192, \"forward_ms\": 0.8, \"backward_ms\": 2.5}";
    ObjectNode report = emptyReport();
    report
        .putObject("attention")
        .putObject("4 x 32 heads, 8192")
        .put("ms forward", 0.4)
        .put("ms backward", 1.0);

    new Peers(folder, python("[ \"$1\" = -c ] || echo '" + said + "'"), folder.resolve("messages"))
        .run(report.putObject("peers-attention"), "peer.py");

    assertThat(BenchTable.from(report))
        .contains("| 4 x 32 heads, 8192 | 0.400 / 1.000 | - | 0.800 / 2.500 (2.00 / 2.50) |");
  }

  /** A program that takes Python's arguments. */
  private String python(String script) throws IOException {
    Path file = folder.resolve("python" + script.hashCode());
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file.toString();
  }
}
