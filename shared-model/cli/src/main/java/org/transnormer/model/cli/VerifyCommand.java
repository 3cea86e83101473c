package org.transnormer.model.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.transnormer.model.cli.verify.Comparison;
import org.transnormer.model.cli.verify.Outcome;
import org.transnormer.model.cli.verify.Verification;
import org.transnormer.model.cli.verify.Verification.Report;
import org.transnormer.model.device.Devices;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.WeightStorage;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tnl model verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Compares what this build computes with reference data, tensor by tensor.",
      "",
      "PATH is a folder of golden data, or one folder or file of it: model folders (config.json,"
          + " model.safetensors, golden.safetensors), training runs, bf16 logits, operator files,"
          + " slopes.json, and tokenizers (X.tokenizer.json, X.expected.json, text.txt).",
      "",
      "Leaves with 0 when every error is within its tolerance, and with 1 when one is not, when"
          + " something cannot be read, or when nothing at all could be compared. What is of a"
          + " family that this build does not know is named and counted as skipped."
    })
final class VerifyCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "PATH", description = "what to verify")
  private List<Path> paths = List.of();

  @Option(names = "--json", description = "one JSON object instead of lines")
  private boolean json;

  @Option(names = "--failures", description = "lines for what does not hold only")
  private boolean failures;

  @Option(
      names = "--device",
      paramLabel = "NAME",
      defaultValue = Devices.CPU,
      description =
          "what computes, as for the other commands. Tolerances are those of floats, which a device"
              + " that multiplies in bfloat16 does not keep; its errors are told all the same"
              + " (${DEFAULT-VALUE})")
  private String device = Devices.CPU;

  @Mixin private Threads threads = new Threads();

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<Report> reports = new ArrayList<>();
    LoadOptions options =
        new LoadOptions(threads.count(), threads.pin(), WeightStorage.STORED, device);
    for (Path path : paths) {
      reports.addAll(
          Verification.of(
              path,
              options,
              report -> {
                if (!json) {
                  print(out, report);
                }
              }));
    }
    Totals totals = Totals.of(reports);
    out.println(json ? totals.toJson(reports).toPrettyString() : totals.line());
    out.flush();
    return totals.holds() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private record Totals(
      int subjects, int failed, int skipped, long comparisons, long outside, long unknown) {

    static Totals of(List<Report> reports) {
      List<Outcome.Compared> compared =
          reports.stream()
              .map(Report::outcome)
              .filter(Outcome.Compared.class::isInstance)
              .map(Outcome.Compared.class::cast)
              .toList();
      long skipped = reports.stream().filter(r -> r.outcome() instanceof Outcome.Skipped).count();
      return new Totals(
          reports.size(),
          (int) reports.stream().filter(Report::failed).count(),
          (int) skipped,
          compared.stream().mapToLong(c -> c.comparisons().size()).sum(),
          compared.stream().flatMap(c -> c.comparisons().stream()).filter(c -> !c.holds()).count(),
          compared.stream().mapToLong(c -> c.unknown().size()).sum());
    }

    boolean holds() {
      return failed == 0 && comparisons > 0;
    }

    String line() {
      return "%d passed, %d failed, %d skipped; %,d comparisons, %d outside their tolerance%s"
          .formatted(
              subjects - failed - skipped,
              failed,
              skipped,
              comparisons,
              outside,
              unknown == 0 ? "" : ", %d tensors that nothing here computes".formatted(unknown))
          .concat(comparisons == 0 ? "; nothing was compared" : "");
    }

    ObjectNode toJson(List<Report> reports) {
      ObjectNode root = JsonMapper.shared().createObjectNode();
      root.put("holds", holds());
      root.put("passed", subjects - failed - skipped);
      root.put("failed", failed);
      root.put("skipped", skipped);
      root.put("comparisons", comparisons);
      root.put("outside", outside);
      ArrayNode list = root.putArray("subjects");
      reports.forEach(report -> list.add(VerifyCommand.toJson(report)));
      return root;
    }
  }

  private static ObjectNode toJson(Report report) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("subject", report.subject());
    switch (report.outcome()) {
      case Outcome.Skipped skipped ->
          node.put("outcome", "skipped").put("reason", skipped.reason());
      case Outcome.Unreadable bad -> node.put("outcome", "failed").put("reason", bad.reason());
      case Outcome.Compared compared -> {
        node.put("outcome", compared.holds() ? "passed" : "failed");
        ArrayNode list = node.putArray("comparisons");
        compared.comparisons().forEach(c -> list.add(toJson(c)));
        compared.unknown().forEach(node.putArray("unknownTensors")::add);
      }
    }
    return node;
  }

  private static ObjectNode toJson(Comparison c) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("name", c.name());
    node.put("measure", c.measure().name().toLowerCase(Locale.ROOT));
    if (Double.isFinite(c.error())) {
      node.put("error", c.error());
    } else {
      node.putNull("error");
    }
    node.put("tolerance", c.tolerance());
    node.put("holds", c.holds());
    if (!c.remark().isEmpty()) {
      node.put("remark", c.remark());
    }
    return node;
  }

  private void print(PrintWriter out, Report report) {
    switch (report.outcome()) {
      case Outcome.Skipped skipped -> {
        if (!failures) {
          out.printf("skip  %s: %s%n", report.subject(), skipped.reason());
        }
      }
      case Outcome.Unreadable bad -> out.printf("FAIL  %s: %s%n", report.subject(), bad.reason());
      case Outcome.Compared compared -> {
        if (!failures || !compared.holds()) {
          out.printf("%s  %s%n", compared.holds() ? "ok  " : "FAIL", report.subject());
        }
        compared.comparisons().stream()
            .filter(c -> !failures || !c.holds())
            .forEach(c -> out.println(line(c)));
        if (!failures) {
          compared
              .unknown()
              .forEach(t -> out.printf("    ----  %s: nothing here computes it%n", t));
        }
      }
    }
    out.flush();
  }

  private static String line(Comparison c) {
    String error =
        switch (c.measure()) {
          case DIFFERENT -> "%.0f differ".formatted(c.error());
          case RATIO -> "%.2f times, at most %.2f".formatted(c.error(), c.tolerance());
          case RELATIVE, RELATIVE_BY_ROW ->
              "%.1e, at most %.0e".formatted(c.error(), c.tolerance());
          case ABSOLUTE -> "%.1e, at most %.0e (absolute)".formatted(c.error(), c.tolerance());
        };
    String remark = c.remark().isEmpty() ? "" : "  " + c.remark();
    return "    %s  %-58s %s%s".formatted(c.holds() ? "ok  " : "FAIL", c.name(), error, remark);
  }
}
