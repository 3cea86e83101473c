package org.transnormer.model.backend.cuda;

import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Lines and tables, and numbers in them. */
final class Markdown {

  /** Stands where there is no number. */
  static final String NOTHING = "-";

  private final StringBuilder text = new StringBuilder();

  void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }

  void row(String... cells) {
    line("| %s |", String.join(" | ", cells));
  }

  void header(String... cells) {
    line("");
    row(cells);
    line("|%s", "---|".repeat(cells.length));
  }

  static String number(String format, double value) {
    return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, format, value);
  }

  /** A number of a report, or NaN. */
  static double of(JsonNode node, String name) {
    return node.path(name).asDouble(Double.NaN);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
