package org.transnormer.door.gather;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What a service said to a question. */
public sealed interface Reply {

  record Found(JsonNode body) implements Reply {}

  /** It answered, but not with what was asked for. */
  record Refused(int status, String detail) implements Reply {}

  /** It did not answer. */
  record Away(String why) implements Reply {}

  default Optional<JsonNode> found() {
    return this instanceof Found(JsonNode body) ? Optional.of(body) : Optional.empty();
  }

  /** The items of a list, none when there is no answer. */
  default List<JsonNode> items() {
    return found().map(each -> Json.items(each)).orElse(List.of());
  }

  /** Why there is no answer, in words that fit behind the name of what is missing. */
  default Optional<String> missing() {
    return switch (this) {
      case Found _ -> Optional.empty();
      case Refused(int status, String detail) ->
          Optional.of(status == 404 ? "not found: it may have been deleted" : detail);
      case Away(String why) -> Optional.of(why);
    };
  }
}
