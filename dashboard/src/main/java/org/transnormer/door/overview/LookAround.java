package org.transnormer.door.overview;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.door.gather.Json;
import org.transnormer.door.gather.Questions;
import org.transnormer.door.gather.Reply;
import org.transnormer.door.overview.Overview.Attention;
import org.transnormer.door.overview.Overview.River;
import org.transnormer.door.overview.Overview.Work;
import org.transnormer.door.routes.Part;
import org.transnormer.door.system.PartHealth;
import org.transnormer.door.system.Parts;
import tools.jackson.databind.JsonNode;

/**
 * Asks every service for its lists at once and makes one picture of them. Many pages ask for it
 * every two seconds, so it is kept for one.
 */
public final class LookAround {
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final String LIMIT = "?limit=200";

  private final Questions questions;
  private final Parts parts;
  private final Clock clock;
  private @Nullable Overview last;

  public LookAround(Questions questions, Parts parts, Clock clock) {
    this.questions = questions;
    this.parts = parts;
    this.clock = clock;
  }

  public synchronized Overview now() {
    Overview known = last;
    if (known == null || known.at().plus(FRESH).isBefore(clock.instant())) {
      known = look();
      last = known;
    }
    return known;
  }

  /** Newest first, as the services list them. */
  private record Lists(
      List<JsonNode> corpora,
      List<JsonNode> snapshots,
      List<JsonNode> cleaningRuns,
      List<JsonNode> tokenizers,
      List<JsonNode> tokenSets,
      List<JsonNode> trainingRuns,
      List<JsonNode> checkpoints,
      List<JsonNode> deployments,
      List<JsonNode> corpusJobs,
      List<JsonNode> deadLetters) {}

  private Overview look() {
    CompletableFuture<List<PartHealth>> health = CompletableFuture.supplyAsync(parts::health);
    Lists lists = ask();
    River river = river(lists);
    return new Overview(
        clock.instant(), health.join(), totals(lists), river, running(lists), attention(lists));
  }

  private Lists ask() {
    var corpora = questions.ask(Part.CORPUS, "/api/v1/corpora" + LIMIT);
    var snapshots = questions.ask(Part.CORPUS, "/api/v1/snapshots" + LIMIT);
    var corpusJobs = questions.ask(Part.CORPUS, "/api/v1/jobs?limit=20");
    var cleaning = questions.ask(Part.CLEANING, "/api/v1/cleaning-runs?limit=50");
    var tokenizers = questions.ask(Part.CLEANING, "/api/v1/tokenizers?limit=50");
    var tokenSets = questions.ask(Part.CLEANING, "/api/v1/token-sets?limit=50");
    List<CompletableFuture<Reply>> letters =
        Stream.of(Part.values())
            .map(part -> questions.ask(part, "/api/v1/dead-letters?limit=50"))
            .toList();
    var training = questions.ask(Part.TRAINER, "/api/v1/training-runs" + LIMIT);
    var checkpoints = questions.ask(Part.TRAINER, "/api/v1/checkpoints" + LIMIT);
    var deployments = questions.ask(Part.INFERENCE, "/api/v1/deployments");
    return new Lists(
        items(corpora),
        items(snapshots),
        items(cleaning),
        items(tokenizers),
        items(tokenSets),
        items(training),
        items(checkpoints),
        items(deployments),
        items(corpusJobs),
        letters.stream().flatMap(each -> items(each).stream()).toList());
  }

  private static List<JsonNode> items(CompletableFuture<Reply> reply) {
    return reply.join().items();
  }

  private static Map<String, Long> totals(Lists lists) {
    Map<String, Long> totals = new LinkedHashMap<>();
    totals.put("corpora", (long) lists.corpora().size());
    totals.put("documents", sum(lists.corpora(), "/counts/documents"));
    totals.put("bytes", sum(lists.corpora(), "/counts/bytes"));
    totals.put("cleaningRuns", (long) lists.cleaningRuns().size());
    totals.put("trainingRuns", (long) lists.trainingRuns().size());
    totals.put("checkpoints", (long) lists.checkpoints().size());
    totals.put("deployments", (long) lists.deployments().size());
    totals.put("reviewPending", sum(lists.cleaningRuns(), "/review/pending"));
    return totals;
  }

  private static long sum(List<JsonNode> items, String pointer) {
    return items.stream().mapToLong(each -> Json.number(each, pointer).orElse(0L)).sum();
  }

  /** The latest cleaning run that went through, else the latest; and what was made from it. */
  private River river(Lists lists) {
    Optional<JsonNode> run =
        lists.cleaningRuns().stream()
            .filter(each -> Json.text(each, "/snapshotId").isPresent())
            .findFirst()
            .or(() -> lists.cleaningRuns().stream().findFirst());
    Optional<JsonNode> corpus =
        run.flatMap(each -> Json.text(each, "/corpusId"))
            .flatMap(id -> byId(lists.corpora(), "/id", id))
            .or(() -> lists.corpora().stream().findFirst());
    Optional<JsonNode> snapshot =
        run.flatMap(each -> Json.text(each, "/snapshotId"))
            .flatMap(id -> byId(lists.snapshots(), "/id", id));
    Optional<JsonNode> tokens =
        snapshot
            .flatMap(each -> Json.text(each, "/id"))
            .flatMap(id -> byId(lists.tokenSets(), "/snapshotId", id));
    Optional<JsonNode> training =
        tokens
            .flatMap(each -> Json.text(each, "/id"))
            .flatMap(id ->
                lists.trainingRuns().stream()
                    .filter(each -> !Json.text(each, "/purpose", "").equals("evaluation"))
                    .filter(each -> Json.text(each, "/spec/data/tokenSetId", "").equals(id))
                    .findFirst());
    Optional<JsonNode> checkpoint =
        training
            .flatMap(each -> Json.text(each, "/id"))
            .flatMap(id -> byId(lists.checkpoints(), "/runId", id));
    return new River(
        corpus.orElse(null),
        corpus.flatMap(each -> Json.text(each, "/id")).map(this::sources).orElse(null),
        run.orElse(null),
        snapshot.orElse(null),
        tokens.orElse(null),
        training.orElse(null),
        checkpoint.orElse(null),
        lists.deployments());
  }

  private @Nullable Integer sources(String corpusId) {
    Reply reply =
        questions.get(Part.CORPUS, "/api/v1/corpora/%s/sources?limit=200".formatted(corpusId));
    return reply instanceof Reply.Found ? reply.items().size() : null;
  }

  private static Optional<JsonNode> byId(List<JsonNode> items, String pointer, String id) {
    return items.stream().filter(each -> Json.text(each, pointer, "").equals(id)).findFirst();
  }

  private static List<Work> running(Lists lists) {
    List<Work> running = new ArrayList<>();
    for (Kind kind : Kind.of(lists)) {
      for (JsonNode item : kind.items()) {
        if (States.of(item) == States.LIVE) {
          running.add(
              new Work(
                  kind.name(),
                  Json.text(item, "/id", ""),
                  kind.title(item),
                  item.path("status"),
                  kind.href(item)));
        }
      }
    }
    return running;
  }

  /** A kind of long work: how people call one, and where it is seen. */
  private record Kind(
      String name, List<JsonNode> items, Function<JsonNode, String> titles, String place) {

    static List<Kind> of(Lists lists) {
      return List.of(
          new Kind("job", lists.corpusJobs(), named("/name"), "/jobs/"),
          new Kind(
              "cleaning-run",
              lists.cleaningRuns(),
              run -> "cleaning of " + corpus(lists, Json.text(run, "/corpusId", "")),
              "/cleaning/"),
          new Kind("tokenizer", lists.tokenizers(), named("/name"), "/jobs/"),
          new Kind("token-set", lists.tokenSets(), _ -> "", "/jobs/"),
          new Kind("training-run", lists.trainingRuns(), named("/name"), "/training/"));
    }

    private static Function<JsonNode, String> named(String pointer) {
      return item -> Json.text(item, pointer, "");
    }

    private static String corpus(Lists lists, String id) {
      return byId(lists.corpora(), "/id", id)
          .flatMap(each -> Json.text(each, "/name"))
          .orElse("a corpus");
    }

    String title(JsonNode item) {
      String title = titles.apply(item);
      return (title.isEmpty() ? name : title).replace('-', name.equals("job") ? ' ' : '-');
    }

    String href(JsonNode item) {
      String id = Json.text(item, "/id", "");
      return place + (place.equals("/jobs/") ? Json.text(item, "/jobId", id) : id);
    }
  }

  private List<Attention> attention(Lists lists) {
    List<Attention> found = new ArrayList<>();
    for (JsonNode run : lists.cleaningRuns()) {
      long pending = Json.number(run, "/review/pending").orElse(0L);
      if (pending > 0) {
        found.add(
            new Attention(
                "review",
                "warn",
                pending == 1
                    ? "1 document waits for a decision"
                    : pending + " documents wait for a decision",
                "near the cut of recipe " + Json.text(run, "/recipe/name", "?"),
                "/review?run=" + Json.text(run, "/id", ""),
                null));
      }
    }
    Kind.of(lists).forEach(kind -> failed(found, kind));
    for (JsonNode deployment : lists.deployments()) {
      if (Json.text(deployment, "/state", "").endsWith("failed")) {
        found.add(
            new Attention(
                "deployment",
                "bad",
                Json.text(deployment, "/name", "?") + " cannot serve",
                Json.text(deployment, "/reason").orElse(null),
                "/checkpoints",
                null));
      }
    }
    long letters =
        lists.deadLetters().stream()
            .filter(each -> each.path("replayedAt").isMissingNode())
            .count();
    if (letters > 0) {
      found.add(
          new Attention(
              "dead-letters",
              "warn",
              letters + " messages found no consumer",
              null,
              "/system?tab=dead-letters",
              null));
    }
    return found;
  }

  /** Failures of the last day; older ones are history. */
  private void failed(List<Attention> to, Kind kind) {
    String since = clock.instant().minus(Duration.ofDays(1)).toString();
    for (JsonNode item : kind.items()) {
      String ended = Json.text(item, "/status/endedAt", "");
      if (States.of(item) == States.FAILED && ended.compareTo(since) > 0) {
        to.add(
            new Attention(
                kind.name(),
                "bad",
                kind.title(item) + " failed",
                Json.text(item, "/status/reason").orElse(null),
                kind.href(item),
                ended));
      }
    }
  }

  /** What the many states mean for a glance. */
  private enum States {
    LIVE,
    FAILED,
    AT_REST;

    static States of(JsonNode item) {
      return switch (Json.text(item, "/status/state", "")) {
        case "running", "queued", "starting", "recovering", "stopping" -> LIVE;
        case "failed" -> FAILED;
        default -> AT_REST;
      };
    }
  }
}
