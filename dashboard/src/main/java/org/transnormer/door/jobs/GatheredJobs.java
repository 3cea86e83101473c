package org.transnormer.door.jobs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.transnormer.door.gather.Json;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.routes.Part;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Lists that every service keeps for itself, as one. */
public final class GatheredJobs {
  private final Questions questions;

  public GatheredJobs(Questions questions) {
    this.questions = questions;
  }

  /**
   * @param away services that did not answer, so that their part of the list is missing
   */
  public record Gathered(List<JsonNode> items, List<String> away) {}

  /** Executions of all services, those that run first, then the latest. */
  public Gathered jobs(int limit) {
    return gather(
        Part.WITH_JOBS,
        "/api/v1/jobs?limit=" + limit,
        Comparator.comparing(GatheredJobs::ended)
            .thenComparing(GatheredJobs::startedAt, Comparator.reverseOrder()),
        limit);
  }

  /** Messages that no consumer could take, the latest first. */
  public Gathered deadLetters(int limit) {
    return gather(
        List.of(Part.values()),
        "/api/v1/dead-letters?limit=" + limit,
        Comparator.comparing(
            (JsonNode each) -> Json.text(each, "/failedAt", ""), Comparator.reverseOrder()),
        limit);
  }

  private Gathered gather(List<Part> parts, String path, Comparator<JsonNode> order, int limit) {
    Map<Part, CompletableFuture<Reply>> asked = new EnumMap<>(Part.class);
    parts.forEach(part -> asked.put(part, questions.ask(part, path)));
    List<JsonNode> items = new ArrayList<>();
    List<String> away = new ArrayList<>();
    asked.forEach((part, future) -> {
      Reply reply = future.join();
      if (reply instanceof Reply.Found) {
        reply.items().forEach(each -> items.add(named(each, part)));
      } else {
        away.add(part.text());
      }
    });
    items.sort(order);
    return new Gathered(items.subList(0, Math.min(limit, items.size())), away);
  }

  private static JsonNode named(JsonNode item, Part part) {
    return item instanceof ObjectNode object ? object.put("service", part.text()) : item;
  }

  private static boolean ended(JsonNode job) {
    return !Json.text(job, "/status/endedAt", "").isEmpty();
  }

  private static String startedAt(JsonNode job) {
    return Json.text(job, "/status/startedAt", "");
  }
}
