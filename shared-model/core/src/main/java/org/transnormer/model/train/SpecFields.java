package org.transnormer.model.train;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the fields of one object of a specification and gathers every fault before it complains.
 */
final class SpecFields {

  private final String prefix;
  private final JsonNode json;
  private final Set<String> known = new HashSet<>();
  private final List<FieldError> errors = new ArrayList<>();

  /** For checks of values that are already typed. */
  SpecFields() {
    this("", JsonMapper.shared().createObjectNode());
  }

  SpecFields(String path, JsonNode json) {
    this.prefix = path.isEmpty() ? "" : path + ".";
    this.json = json;
  }

  static boolean positive(double value) {
    return value > 0 && value < Double.POSITIVE_INFINITY;
  }

  static boolean notNegative(double value) {
    return value >= 0 && value < Double.POSITIVE_INFINITY;
  }

  static boolean share(double value) {
    return value >= 0 && value <= 1;
  }

  long integer(String field, long absent) {
    known.add(field);
    if (!json.hasNonNull(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    require(field, node.isIntegralNumber() && node.canConvertToLong(), "must be an integer");
    return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : absent;
  }

  int smallInteger(String field, int absent) {
    long value = integer(field, absent);
    require(field, value == (int) value, "must be below 2^31");
    return (int) value;
  }

  double number(String field, double absent) {
    known.add(field);
    if (!json.hasNonNull(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    require(field, node.isNumber(), "must be a number");
    return node.isNumber() ? node.doubleValue() : absent;
  }

  String text(String field, String absent) {
    known.add(field);
    if (!json.hasNonNull(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    require(field, node.isString(), "must be a string");
    return node.isString() ? node.stringValue() : absent;
  }

  boolean flag(String field, boolean absent) {
    known.add(field);
    if (!json.hasNonNull(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    require(field, node.isBoolean(), "must be true or false");
    return node.isBoolean() ? node.booleanValue() : absent;
  }

  /** A list of numbers; empty when absent. */
  double[] numbers(String field) {
    known.add(field);
    JsonNode node = json.path(field);
    boolean absent = node.isMissingNode() || node.isNull();
    boolean usable = node.isArray() && node.valueStream().allMatch(JsonNode::isNumber);
    require(field, absent || usable, "must be a list of numbers");
    return usable ? node.valueStream().mapToDouble(JsonNode::doubleValue).toArray() : new double[0];
  }

  /** A nested object; empty when absent. */
  JsonNode object(String field) {
    known.add(field);
    JsonNode node = json.get(field);
    if (node == null || node.isNull()) {
      return JsonMapper.shared().createObjectNode();
    }
    require(field, node.isObject(), "must be an object");
    return node;
  }

  void require(String field, boolean holds, String detail) {
    if (!holds) {
      errors.add(new FieldError(prefix + field, detail));
    }
  }

  void done() {
    if (!errors.isEmpty()) {
      throw new InvalidConfigException(errors);
    }
  }

  /** The value, or one exception with the faults found here and those that the value finds. */
  <T> T build(Supplier<T> value) {
    for (String field : json.propertyNames()) {
      require(field, known.contains(field), "is not known here");
    }
    done();
    try {
      return value.get();
    } catch (InvalidConfigException e) {
      throw prefix.isEmpty() ? e : prefixed(e);
    }
  }

  private InvalidConfigException prefixed(InvalidConfigException e) {
    return new InvalidConfigException(
        e.errors().stream()
            .map(error ->
                error.field().startsWith(prefix)
                    ? error
                    : new FieldError(prefix + error.field(), error.detail()))
            .toList());
  }
}
