package org.transnormer.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import tools.jackson.databind.JsonNode;

/** Typed access to a configuration's fields that gathers every fault before it complains. */
final class ConfigFields {

  private final JsonNode json;
  private final List<FieldError> errors = new ArrayList<>();

  ConfigFields(JsonNode json) {
    this.json = json;
  }

  boolean has(String field) {
    return json.hasNonNull(field);
  }

  int integer(String field, int absent) {
    if (!has(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    return require(field, node.isIntegralNumber() && node.canConvertToInt(), "must be an integer")
        ? node.intValue()
        : absent;
  }

  double number(String field, double absent) {
    if (!has(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    return require(field, node.isNumber(), "must be a number") ? node.doubleValue() : absent;
  }

  boolean flag(String field, boolean absent) {
    if (!has(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    return require(field, node.isBoolean(), "must be true or false") ? node.booleanValue() : absent;
  }

  String text(String field, String absent) {
    if (!has(field)) {
      return absent;
    }
    JsonNode node = json.get(field);
    return require(field, node.isString(), "must be a string") ? node.stringValue() : absent;
  }

  /** A list of 0, 1, true and false. */
  List<Boolean> flags(String field, List<Boolean> absent) {
    if (!has(field)) {
      return absent;
    }
    List<Boolean> flags = new ArrayList<>();
    for (JsonNode node : json.get(field)) {
      boolean one = node.isIntegralNumber() && node.canConvertToInt() && node.intValue() == 1;
      boolean zero = node.isIntegralNumber() && node.canConvertToInt() && node.intValue() == 0;
      if (!require(field, node.isBoolean() || one || zero, "must be a list of 0 and 1")) {
        return absent;
      }
      flags.add(one || node.isBoolean() && node.booleanValue());
    }
    return require(field, json.get(field).isArray(), "must be a list of 0 and 1") ? flags : absent;
  }

  boolean require(String field, boolean holds, String detail) {
    if (!holds) {
      errors.add(new FieldError(field, detail + ", found " + json.get(field)));
    }
    return holds;
  }

  /** The value, or one exception with the faults found here and those that the value finds. */
  <T> T build(Supplier<T> value) {
    try {
      T built = value.get();
      if (errors.isEmpty()) {
        return built;
      }
    } catch (InvalidConfigException e) {
      errors.addAll(e.errors());
    }
    throw new InvalidConfigException(errors);
  }
}
