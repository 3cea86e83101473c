package org.transnormer.cleaning.recipe;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.transnormer.cleaning.recipe.InvalidRecipeException.Fault;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one JSON object, noting every fault instead of stopping at the first. A field
 * that is absent takes its default; one that is never asked for is a fault.
 */
final class ObjectFields {
  private final JsonNode node;
  private final String pointer;
  private final List<Fault> faults;
  private final Set<String> asked = new HashSet<>();

  ObjectFields(JsonNode node, String pointer, List<Fault> faults) {
    this.node = node;
    this.pointer = pointer;
    this.faults = faults;
    if (!node.isMissingNode() && !node.isObject()) {
      fault("", "must be an object");
    }
  }

  private JsonNode field(String name) {
    asked.add(name);
    JsonNode value = node.isObject() ? node.get(name) : null;
    return value == null ? MissingNode.getInstance() : value;
  }

  boolean has(String name) {
    return !field(name).isMissingNode();
  }

  String text(String name, String absent) {
    JsonNode value = field(name);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.isString()) {
      fault(name, "must be a string");
      return absent;
    }
    return value.asString();
  }

  boolean flag(String name, boolean absent) {
    JsonNode value = field(name);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.isBoolean()) {
      fault(name, "must be true or false");
      return absent;
    }
    return value.asBoolean();
  }

  int integer(String name, int absent, int least, int most) {
    return Math.toIntExact(whole(name, absent, least, most));
  }

  long whole(String name, long absent, long least, long most) {
    JsonNode value = field(name);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      fault(name, "must be a whole number");
      return absent;
    }
    long number = value.asLong();
    if (number < least || number > most) {
      fault(name, "must lie between " + least + " and " + most);
      return absent;
    }
    return number;
  }

  double number(String name, double absent, double least, double most) {
    JsonNode value = field(name);
    if (value.isMissingNode()) {
      return absent;
    }
    double number = value.isNumber() ? value.asDouble() : Double.NaN;
    if (!Double.isFinite(number)) {
      fault(name, "must be a number");
      return absent;
    }
    if (number < least || number > most) {
      fault(name, "must lie between " + least + " and " + most);
      return absent;
    }
    return number;
  }

  <E extends Enum<E>> E constant(String name, E absent, Class<E> type) {
    String label = text(name, RecipeWriter.label(absent));
    for (E constant : type.getEnumConstants()) {
      if (RecipeWriter.label(constant).equals(label)) {
        return constant;
      }
    }
    fault(
        name,
        Stream.of(type.getEnumConstants())
            .map(RecipeWriter::label)
            .collect(Collectors.joining(", ", "must be one of ", "")));
    return absent;
  }

  ObjectFields object(String name) {
    return new ObjectFields(field(name), pointer + "/" + name, faults);
  }

  /** The elements; none if the field is absent. */
  List<JsonNode> list(String name) {
    JsonNode value = field(name);
    if (value.isMissingNode()) {
      return List.of();
    }
    if (!value.isArray()) {
      fault(name, "must be a list");
      return List.of();
    }
    return new ArrayList<>(value.values());
  }

  void fault(String name, String detail) {
    faults.add(new Fault(name.isEmpty() ? pointer : pointer + "/" + name, detail));
  }

  /** Names every field that nobody asked for. */
  void close() {
    if (node instanceof ObjectNode object) {
      object
          .propertyNames()
          .forEach(name -> {
            if (!asked.contains(name)) {
              fault(name.replace("~", "~0").replace("/", "~1"), "is not known");
            }
          });
    }
  }
}
