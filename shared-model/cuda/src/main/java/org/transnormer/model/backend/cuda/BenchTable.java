package org.transnormer.model.backend.cuda;

import static org.transnormer.model.backend.cuda.Markdown.NOTHING;
import static org.transnormer.model.backend.cuda.Markdown.number;
import static org.transnormer.model.backend.cuda.Markdown.of;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** A report of {@link CudaBench} in short, as Markdown: what was measured, and what it is of. */
final class BenchTable {

  private final JsonNode report;
  private final double copy;
  private final Markdown text = new Markdown();

  private BenchTable(JsonNode report) {
    this.report = report;
    this.copy = of(report.path("ceilings"), Ceilings.COPY);
  }

  static String from(JsonNode report) {
    BenchTable table = new BenchTable(report);
    table.write();
    return table.text.toString();
  }

  private void write() {
    ceilings();
    correctness();
    attention();
    training();
    decoding();
    new KernelTable(report, copy, text).write();
    for (String section : report.propertyNames()) {
      if (section.endsWith(CudaBench.FAILED)) {
        text.line("%s: %s", section, report.get(section).asString());
      }
      JsonNode skipped = report.path(section).path(Peers.SKIPPED);
      if (!skipped.isMissingNode()) {
        text.line("%s skipped: %s", section, skipped.asString());
      }
    }
  }

  private void ceilings() {
    JsonNode ceilings = report.path("ceilings");
    if (!ceilings.isMissingNode()) {
      text.line(
          "%s: copy %s GB/s, bf16 products %s and %s TFLOP/s",
          ceilings.path("device").asString("?"),
          number("%,.0f", copy),
          number("%.0f", of(ceilings, "bf16 product TFLOP/s at 4096")),
          number("%.0f", of(ceilings, "bf16 product TFLOP/s at 8192")));
    }
  }

  private void correctness() {
    for (String type : report.path("correctness").propertyNames()) {
      JsonNode errors = report.get("correctness").get(type);
      String worst =
          errors.propertyNames().stream()
              .max(Comparator.comparingDouble(name -> errors.get(name).asDouble(Double.NaN)))
              .orElse("");
      text.line(
          "correctness in %s: %d results, largest error %s (%s)",
          type, errors.size(), number("%.1e", of(errors, worst)), worst);
    }
  }

  private Optional<JsonNode> peer(String section, Predicate<JsonNode> which) {
    for (JsonNode run : report.path(section).path(Peers.RUNS)) {
      if (which.test(run)) {
        return Optional.of(run);
      }
    }
    return Optional.empty();
  }

  private void attention() {
    JsonNode shapes = report.path("attention");
    if (shapes.isMissingNode()) {
      return;
    }
    List<String> peers = List.of("fla chunk", "sdpa cudnn", "sdpa flash", "la2");
    List<String> head =
        new ArrayList<>(List.of("attention, ms forward / backward", "ours", "states saved"));
    peers.forEach(peer -> head.add(peer + " (of ours)"));
    text.header(head.toArray(String[]::new));
    for (String name : shapes.propertyNames()) {
      JsonNode shape = shapes.get(name);
      if (shape.has("ms")) {
        continue;
      }
      double forward = of(shape, "ms forward");
      double backward = of(shape, "ms backward");
      List<String> row = new ArrayList<>();
      row.add(name);
      row.add("%s / %s".formatted(number("%.3f", forward), number("%.3f", backward)));
      row.add(number("%.3f", of(shape, "ms forward, states saved")));
      for (String what : peers) {
        row.add(
            peer(
                    "peers-attention",
                    run ->
                        run.path("what").asString("").equals(what)
                            && AttentionSpeed.nameOf(run.path("n").asInt()).equals(name)
                            && run.has("forward_ms"))
                .map(
                    run -> ratios(of(run, "forward_ms"), of(run, "backward_ms"), forward, backward))
                .orElse(NOTHING));
      }
      text.row(row.toArray(String[]::new));
    }
    text.header("attention, one step", "ms", "GB/s", "of the copy");
    for (String name : shapes.propertyNames()) {
      JsonNode step = shapes.get(name);
      if (step.has("ms")) {
        double rate = of(step, "GB/s");
        text.row(
            name,
            number("%.4f", of(step, "ms")),
            number("%,.0f", rate),
            number("%.0f %%", 100 * rate / copy));
      }
    }
  }

  private static String ratios(
      double peerForward, double peerBackward, double forward, double backward) {
    return "%s / %s (%s / %s)"
        .formatted(
            number("%.3f", peerForward),
            number("%.3f", peerBackward),
            number("%.2f", peerForward / forward),
            number("%.2f", peerBackward / backward));
  }

  private void training() {
    JsonNode shapes = report.path("training");
    if (shapes.isMissingNode()) {
      return;
    }
    text.header(
        "training",
        "tokens/s",
        "of 780 TFLOP/s",
        "GB (planned)",
        "PyTorch, compiled",
        "ours : PyTorch");
    for (String name : shapes.propertyNames()) {
      JsonNode shape = shapes.get(name);
      double rate = of(shape, "tokens/s, median");
      double peer =
          peer(
                  "peers-training",
                  run ->
                      "%s, %d x %d"
                          .formatted(
                              run.path("model").asString(""),
                              run.path("sequences").asInt(),
                              run.path("length").asInt())
                          .equals(name))
              .map(run -> of(run, "tokens_s"))
              .orElse(Double.NaN);
      text.row(
          name,
          number("%,.0f", rate),
          number("%.1f %%", 100 * of(shape, "model FLOP utilisation of 780 TFLOP/s")),
          "%s (%s)"
              .formatted(
                  number("%.1f", of(shape, "bytes taken") * 1e-9),
                  number("%.1f", of(shape, "bytes planned") * 1e-9)),
          number("%,.0f", peer),
          number("%.2f", rate / peer));
    }
  }

  private void decoding() {
    JsonNode models = report.path("decoding");
    if (!models.isMissingNode()) {
      text.header(
          "decoding, ms a step",
          "on the device",
          "without choosing",
          "of the copy",
          "PyTorch",
          "PyTorch : ours");
    }
    for (String model : models.propertyNames()) {
      for (String batch : models.get(model).propertyNames()) {
        JsonNode step = models.get(model).get(batch);
        double read = of(step, "ms a step on the device, without the choice");
        double peer =
            peer(
                    "peers-decoding",
                    run ->
                        run.path("model").asString("").equals(model)
                            && batch.equals("batch " + run.path("batch").asInt()))
                .map(run -> of(run, "ms"))
                .orElse(Double.NaN);
        text.row(
            model + ", " + batch,
            number("%.3f", of(step, "ms a step on the device, tokens chosen there")),
            number("%.3f", read),
            number("%.0f %%", 100 * of(step, "bytes at least") / read * 1e-6 / copy),
            number("%.3f", peer),
            number("%.2f", peer / read));
      }
    }
    for (String section : List.of("positions", "prefill")) {
      for (String model : report.path(section).propertyNames()) {
        JsonNode times = report.get(section).get(model);
        times
            .propertyNames()
            .forEach(name ->
                text.line("%s, %s: %s %s", section, model, name, number("%.3f", of(times, name))));
      }
    }
  }
}
