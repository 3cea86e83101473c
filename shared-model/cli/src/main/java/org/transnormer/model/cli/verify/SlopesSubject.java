package org.transnormer.model.cli.verify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.transnormer.model.cli.verify.Comparison.Measure;
import org.transnormer.model.layer.Decays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Slopes of heads, and the decay of layers. */
record SlopesSubject(String name, Path file) implements Subject {

  /** A float's rounding, of a slope and of a product with it. */
  private static final double FLOAT = 2e-7;

  @Override
  public Outcome verify(Tools tools) throws IOException {
    JsonNode json = JsonMapper.shared().readTree(Files.readString(file));
    List<Comparison> comparisons = new ArrayList<>();
    for (String precision : List.of("slopes_float64", "slopes_float32")) {
      double tolerance = precision.endsWith("64") ? Tolerances.DOUBLE : FLOAT;
      for (Map.Entry<String, JsonNode> entry : json.path(precision).properties()) {
        double[] ours = Decays.slopes(Integer.parseInt(entry.getKey()));
        String label = "%s H=%s".formatted(precision, entry.getKey());
        comparisons.add(compared(label, ours, entry.getValue(), tolerance));
      }
    }
    json.path("lambda_cases").forEach(c -> lambda(comparisons, c));
    return comparisons.isEmpty()
        ? new Outcome.Unreadable("holds no slopes")
        : new Outcome.Compared(comparisons, List.of());
  }

  private static void lambda(List<Comparison> comparisons, JsonNode c) {
    int heads = c.path("H").asInt();
    int layers = c.path("L").asInt();
    int layer = c.path("l").asInt();
    String label = "H=%d L=%d l=%d".formatted(heads, layers, layer);
    double[] factor = {Decays.layerFactor(layer, layers)};
    double[] rates = Decays.rates(heads, layer, layers);
    double[] lambdas = Arrays.stream(rates).map(rate -> StrictMath.exp(-rate)).toArray();
    double[] given = {c.path("c").doubleValue()};
    double error = Measures.relative(factor, given);
    comparisons.add(new Comparison("c " + label, Measure.RELATIVE, error, Tolerances.DOUBLE, ""));
    comparisons.add(
        compared("lambda " + label, lambdas, c.path("lambda_float64"), Tolerances.DOUBLE));
  }

  private static Comparison compared(
      String label, double[] ours, JsonNode expected, double tolerance) {
    double[] numbers = expected.valueStream().mapToDouble(JsonNode::doubleValue).toArray();
    return numbers.length == ours.length
        ? new Comparison(
            label, Measure.RELATIVE_BY_ROW, Measures.relativeByRow(ours, numbers, 1), tolerance, "")
        : Comparison.impossible(
            label, "has %d numbers, computed are %d".formatted(numbers.length, ours.length));
  }
}
