package org.transnormer.door.lineage;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.gather.Json;
import tools.jackson.databind.JsonNode;

/**
 * One link of a chain.
 *
 * @param kind answer, deployment, checkpoint, training-run, token-set, snapshot, cleaning-run,
 *     shards, shard, document, corpus or source
 * @param title for people; the id when absent
 * @param href its place on the page
 * @param missing why nothing more is known of it; the chain goes on where it can
 */
public record Step(
    String kind,
    @Nullable String id,
    @Nullable String title,
    @Nullable String href,
    Map<String, Object> facts,
    @Nullable String missing) {

  static Step of(String kind, @Nullable String id) {
    return new Step(kind, id, null, null, Map.of(), null);
  }

  Step titled(@Nullable String text) {
    return new Step(kind, id, text, href, facts, missing);
  }

  Step at(String place) {
    return new Step(kind, id, title, place, facts, missing);
  }

  Step without(@Nullable String why) {
    return new Step(kind, id, title, href, facts, why);
  }

  /** Adds a fact when it is known. */
  Step fact(String name, @Nullable Object value) {
    if (value == null) {
      return this;
    }
    Map<String, Object> more = new LinkedHashMap<>(facts);
    more.put(name, value);
    return new Step(kind, id, title, href, more, missing);
  }

  Step fact(String name, JsonNode node, String pointer) {
    return fact(name, Json.figure(node, pointer));
  }

  /** The link in one line. */
  public String summary() {
    String name = title != null ? title : id == null ? kind : id;
    if (missing != null) {
      return name + " (" + missing + ")";
    }
    String known =
        facts.entrySet().stream()
            .map(fact -> fact.getKey() + " " + fact.getValue())
            .collect(Collectors.joining(", "));
    return known.isEmpty() ? name : name + ": " + known;
  }
}
