package org.transnormer.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Removes all that was made on a {@link Journey}, in the order in which nothing refers to it. */
public record CleanUp(Door door) {

  private static final List<String> ORDER =
      List.of("training-runs", "token-sets", "tokenizers", "snapshots", "cleaning-runs", "corpora");

  public void everything() {
    for (int i = 1; i < ORDER.size(); i++) {
      ids(ORDER.get(i)).forEach(this::isRefused);
    }
    each("deployments", "name").forEach(door::delete);
    each("aliases", "name").forEach(door::delete);
    for (String kind : ORDER) {
      ids(kind).forEach(this::isRemoved);
      assertThat(ids(kind)).as(kind).isEmpty();
    }
  }

  private List<String> ids(String kind) {
    return each(kind, "id");
  }

  /** Paths of all of a kind. */
  private List<String> each(String kind, String key) {
    String path = "/api/v1/" + kind;
    return door.get(path + "?limit=200")
        .path("items")
        .valueStream()
        .map(item -> path + "/" + item.path(key).asString())
        .toList();
  }

  private void isRefused(String path) {
    JsonNode dry = door.delete(path + "?dryRun=true");
    assertThat(dry.path("possible").asBoolean(true)).as(path + ": " + dry).isFalse();
    assertThat(dry.path("referredToBy")).as(path + ": " + dry).isNotEmpty();
    assertThatThrownBy(() -> door.delete(path)).hasMessageContaining("still-referred-to");
  }

  private void isRemoved(String path) {
    JsonNode dry = door.delete(path + "?dryRun=true");
    assertThat(dry.path("possible").asBoolean()).as(path + ": " + dry).isTrue();
    JsonNode removed = door.delete(path);
    assertThat(removed.path("bytes")).as(path).isEqualTo(dry.path("bytes"));
    assertThatThrownBy(() -> door.get(path)).hasMessageContaining("not-found");
  }
}
