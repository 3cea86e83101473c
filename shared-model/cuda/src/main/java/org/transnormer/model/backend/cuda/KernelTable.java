package org.transnormer.model.backend.cuda;

import static org.transnormer.model.backend.cuda.Markdown.number;
import static org.transnormer.model.backend.cuda.Markdown.of;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.transnormer.model.backend.cuda.KernelCosts.Cost;
import org.transnormer.model.config.TnlConfig;
import tools.jackson.databind.JsonNode;

/** What each kernel of the steps in a report takes, beside what it has to ({@link KernelCosts}). */
final class KernelTable {

  private static final Pattern CALLS = Pattern.compile("(.*) \\((\\d+)\\)");
  private static final Pattern TRAINING = Pattern.compile("(\\w+), (\\d+) x (\\d+)");

  private final JsonNode report;
  private final double copy;
  private final Markdown text;

  /**
   * @param copy GB/s read and written; NaN where nobody measured it
   */
  KernelTable(JsonNode report, double copy, Markdown text) {
    this.report = report;
    this.copy = copy;
    this.text = text;
  }

  void write() {
    for (String name : report.path("training").propertyNames()) {
      Matcher shape = TRAINING.matcher(name);
      if (shape.matches()) {
        TnlConfig config = CudaBench.config(shape.group(1));
        int sequences = Integer.parseInt(shape.group(2));
        int length = Integer.parseInt(shape.group(3));
        table(
            "training " + name,
            KernelCosts.training(config, sequences, length),
            report.get("training").get(name));
      }
    }
    for (String model : report.path("decoding").propertyNames()) {
      for (String batch : report.get("decoding").get(model).propertyNames()) {
        int sequences = Integer.parseInt(batch.replace("batch ", ""));
        table(
            "decoding " + model + ", " + batch,
            KernelCosts.decoding(CudaBench.config(model), sequences),
            report.get("decoding").get(model).get(batch));
      }
    }
  }

  private void table(String what, KernelCosts costs, JsonNode step) {
    JsonNode calls = step.path(CudaBench.CALLS);
    if (calls.isMissingNode()) {
      return;
    }
    text.header(what, "calls", "MB", "GFLOP", "ms at the copy's rate", "ms", "GB/s", "TFLOP/s");
    for (String name : calls.propertyNames()) {
      Matcher call = CALLS.matcher(name);
      if (!call.matches()) {
        continue;
      }
      int count = Integer.parseInt(call.group(2));
      double millis = of(calls, name);
      Optional<Cost> cost = costs.of(call.group(1), count);
      double bytes = cost.map(Cost::bytes).orElse(Double.NaN);
      double flop = cost.map(Cost::flop).filter(x -> x > 0).orElse(Double.NaN);
      text.row(
          call.group(1),
          Integer.toString(count),
          number("%,.1f", bytes * 1e-6),
          number("%,.1f", flop * 1e-9),
          number("%.3f", bytes / copy * 1e-6),
          number("%.3f", millis),
          number("%,.0f", bytes / millis * 1e-6),
          number("%.1f", flop / millis * 1e-9));
    }
  }
}
