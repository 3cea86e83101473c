package org.transnormer.door.gather;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reading answers of other services, which may know fewer fields than hoped for. */
public final class Json {
  private Json() {}

  /** Items of a page, or of a bare list. */
  public static List<JsonNode> items(JsonNode answer) {
    JsonNode list = answer.isArray() ? answer : answer.path("items");
    return list.valueStream().toList();
  }

  /** Text at a JSON pointer. */
  public static Optional<String> text(JsonNode node, String pointer) {
    JsonNode found = node.at(pointer);
    return found.isString() && !found.asString().isEmpty()
        ? Optional.of(found.asString())
        : Optional.empty();
  }

  public static String text(JsonNode node, String pointer, String otherwise) {
    return text(node, pointer).orElse(otherwise);
  }

  /** Whole number at a JSON pointer. */
  public static Optional<Long> number(JsonNode node, String pointer) {
    JsonNode found = node.at(pointer);
    return found.isNumber() ? Optional.of(found.asLong()) : Optional.empty();
  }

  public static @Nullable Object figure(JsonNode node, String pointer) {
    JsonNode found = node.at(pointer);
    if (found.isIntegralNumber()) {
      return found.asLong();
    }
    if (found.isNumber()) {
      return found.asDouble();
    }
    return found.isString() ? found.asString() : null;
  }
}
