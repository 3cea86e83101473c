package org.transnormer.inference.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a request's fields; what is wrong with one is said with its name. */
final class RequestFields {

  private static final int MOST_STOPS = 4;

  private final JsonNode body;

  RequestFields(JsonNode body, Set<String> known) {
    if (!body.isObject()) {
      throw OpenAiException.invalid("body", "The body must be a JSON object");
    }
    for (String name : body.propertyNames()) {
      if (!known.contains(name)) {
        throw OpenAiException.invalid(name, "Unrecognized request argument supplied: " + name);
      }
    }
    this.body = body;
  }

  JsonNode node(String name) {
    return body.path(name);
  }

  boolean has(String name) {
    return !body.path(name).isMissingNode() && !body.path(name).isNull();
  }

  String text(String name) {
    if (!body.path(name).isString()) {
      throw OpenAiException.invalid(name, "'%s' must be a string".formatted(name));
    }
    return body.path(name).asString();
  }

  boolean flag(String name) {
    if (!has(name)) {
      return false;
    }
    if (!body.path(name).isBoolean()) {
      throw OpenAiException.invalid(name, "'%s' must be true or false".formatted(name));
    }
    return body.path(name).asBoolean();
  }

  int integer(String name, int absent, int min, int max) {
    return (int) longInteger(name, absent, min, max);
  }

  long longInteger(String name, long absent, long min, long max) {
    if (!has(name)) {
      return absent;
    }
    JsonNode value = body.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw OpenAiException.invalid(name, "'%s' must be an integer".formatted(name));
    }
    if (value.asLong() < min || value.asLong() > max) {
      throw OpenAiException.invalid(
          name, "'%s' must be in [%d, %d], is %s".formatted(name, min, max, value));
    }
    return value.asLong();
  }

  double number(String name, double absent, double min, double max) {
    if (!has(name)) {
      return absent;
    }
    double value = body.path(name).isNumber() ? body.path(name).asDouble() : Double.NaN;
    if (!(value >= min && value <= max)) {
      throw OpenAiException.invalid(
          name, "'%s' must be a number in [%s, %s]".formatted(name, min, max));
    }
    return value;
  }

  /** A field that OpenAI knows and this server does not do: only its neutral value passes. */
  void neutral(String name, @Nullable Number neutral) {
    JsonNode value = body.path(name);
    boolean passes =
        !has(name)
            || (neutral != null && value.isNumber() && value.asDouble() == neutral.doubleValue())
            || (value.isContainer() && value.isEmpty());
    if (!passes) {
      throw OpenAiException.invalid(name, "'%s' is not supported by this server".formatted(name));
    }
  }

  List<String> stops() {
    if (!has("stop")) {
      return List.of();
    }
    JsonNode stop = body.path("stop");
    List<String> stops = new ArrayList<>();
    if (stop.isString()) {
      stops.add(stop.asString());
    } else if (stop.isArray()) {
      for (JsonNode each : stop) {
        if (!each.isString()) {
          throw OpenAiException.invalid("stop", "'stop' must be a string or an array of strings");
        }
        stops.add(each.asString());
      }
    } else {
      throw OpenAiException.invalid("stop", "'stop' must be a string or an array of strings");
    }
    if (stops.size() > MOST_STOPS || stops.stream().anyMatch(String::isEmpty)) {
      throw OpenAiException.invalid(
          "stop", "'stop' takes at most %d texts, none of them empty".formatted(MOST_STOPS));
    }
    return stops;
  }

  boolean includesUsage() {
    if (!has("stream_options")) {
      return false;
    }
    if (!flag("stream")) {
      throw OpenAiException.invalid(
          "stream_options", "'stream_options' is only allowed when 'stream' is true");
    }
    return new RequestFields(
            body.path("stream_options"), Set.of("include_usage", "include_obfuscation"))
        .flag("include_usage");
  }
}
