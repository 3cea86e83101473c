package org.transnormer.door.system;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.transnormer.door.gather.Json;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.routes.Part;
import tools.jackson.databind.JsonNode;

/** Asks every part how it is. */
public final class Parts {
  private static final String HEALTH = "/actuator/health/readiness";
  private static final String INFO = "/actuator/info";

  private final Questions questions;
  private final String version;

  public Parts(Questions questions, String version) {
    this.questions = questions;
    this.version = version;
  }

  /** The door itself first; it answers, so it is up. */
  public List<PartHealth> health() {
    List<CompletableFuture<PartHealth>> asked = Stream.of(Part.values()).map(this::health).toList();
    List<PartHealth> found = new ArrayList<>();
    found.add(new PartHealth("door", "up", version, null, 0L));
    asked.forEach(each -> found.add(each.join()));
    return found;
  }

  private CompletableFuture<PartHealth> health(Part part) {
    long began = System.nanoTime();
    CompletableFuture<Reply> info = questions.ask(part, INFO);
    return questions
        .ask(part, HEALTH)
        .thenCombine(
            info,
            (health, about) ->
                part(part, health, about, Duration.ofNanos(System.nanoTime() - began)));
  }

  private static PartHealth part(Part part, Reply health, Reply about, Duration took) {
    String version = about.found().flatMap(each -> Json.text(each, "/build/version")).orElse(null);
    return switch (health) {
      case Reply.Found(JsonNode body) ->
          new PartHealth(
              part.text(),
              Json.text(body, "/status", "unknown").toLowerCase(Locale.ROOT),
              version,
              null,
              took.toMillis());
      case Reply.Refused(int status, String _) ->
          new PartHealth(
              part.text(),
              status == 503 ? "down" : "unknown",
              version,
              status == 503 ? "it answers, but is not ready" : "health answered " + status,
              took.toMillis());
      case Reply.Away(String why) -> new PartHealth(part.text(), "down", null, why, null);
    };
  }
}
