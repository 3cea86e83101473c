package org.transnormer.door.overview;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.system.PartHealth;
import tools.jackson.databind.JsonNode;

/**
 * The platform at a glance.
 *
 * @param totals by name
 * @param river the way of one corpus, as its owners tell it
 * @param running work in progress
 * @param attention what waits for a person
 */
public record Overview(
    Instant at,
    List<PartHealth> parts,
    Map<String, Long> totals,
    River river,
    List<Work> running,
    List<Attention> attention) {

  /** Each part is absent as long as there is none. */
  public record River(
      @Nullable JsonNode corpus,
      @Nullable Integer sources,
      @Nullable JsonNode cleaningRun,
      @Nullable JsonNode snapshot,
      @Nullable JsonNode tokenSet,
      @Nullable JsonNode trainingRun,
      @Nullable JsonNode checkpoint,
      List<JsonNode> deployments) {}

  /**
   * @param status the block that every long resource shows
   * @param href its place on the page
   */
  public record Work(String kind, String id, String title, JsonNode status, String href) {}

  /**
   * @param severity warn or bad
   */
  public record Attention(
      String kind,
      String severity,
      String title,
      @Nullable String detail,
      String href,
      @Nullable String at) {}
}
