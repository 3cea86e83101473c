package org.transnormer.integration.flow;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a demo has made, as far as it must not depend on when, where and how often it was begun:
 * counts, losses, digests. Read through the door; a checkpoint's files by its manifest in the
 * store.
 */
final class Outputs {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI door;
  private final String key;
  private final Path store;
  private final Map<String, String> found = new TreeMap<>();

  private Outputs(URI door, String key, Path data) {
    this.door = door;
    this.key = key;
    this.store = data.resolve("store");
  }

  /** By name, all that two demos have to agree in. */
  static Map<String, String> of(URI door, String key, Path data)
      throws IOException, InterruptedException {
    Outputs outputs = new Outputs(door, key, data);
    outputs.corpus();
    outputs.cleaning();
    outputs.tokens();
    outputs.training();
    return Map.copyOf(outputs.found);
  }

  private void corpus() throws IOException, InterruptedException {
    JsonNode corpus = only("corpora", "/api/v1/corpora");
    String path = "/api/v1/corpora/" + corpus.path("id").asString();
    keep("corpus counts", corpus.path("counts"));
    keep("sources", get(path + "/sources?limit=200").path("items").size());
    JsonNode ingestion = only("ingestions", path + "/ingestions");
    keep("ingestion", ingestion.path("counts"));
    List<String> shards =
        items(path + "/shards?limit=200").map(shard -> shard.path("sha256").asString()).toList();
    keep("shards", shards);
  }

  private void cleaning() throws IOException, InterruptedException {
    String id = only("cleaning runs", "/api/v1/cleaning-runs").path("id").asString();
    JsonNode run = get("/api/v1/cleaning-runs/" + id);
    for (String each : List.of("drops", "duplicates", "counts", "review", "snapshotId")) {
      keep("cleaning " + each, run.path(each));
    }
    for (JsonNode stage : run.path("stages")) {
      String tally = "";
      for (String count : List.of("state", "in", "kept", "dropped", "failed")) {
        tally += count + " " + stage.path(count) + ", ";
      }
      keep("stage " + stage.path("name").asString(), tally);
    }
    JsonNode round = run.path("round");
    for (String each : List.of("scored", "unscored", "cuts", "histogram")) {
      keep("round " + each, round.path(each));
    }
    run("evaluation model", round.path("evaluationRunId").asString());
  }

  private void tokens() throws IOException, InterruptedException {
    keep("tokenizer", only("tokenizers", "/api/v1/tokenizers").path("sha256"));
    JsonNode set = only("token sets", "/api/v1/token-sets");
    JsonNode whole = get("/api/v1/token-sets/" + set.path("id").asString());
    for (String each : List.of("digest", "tokens", "documents", "statistics")) {
      keep("token set " + each, whole.path(each));
    }
  }

  private void training() throws IOException, InterruptedException {
    JsonNode run = only("training runs", "/api/v1/training-runs?purpose=model");
    only("evaluation runs", "/api/v1/training-runs?purpose=evaluation");
    run("model", run.path("id").asString());
  }

  private void run(String name, String id) throws IOException, InterruptedException {
    String path = "/api/v1/training-runs/" + id;
    JsonNode run = get(path);
    keep(name + " state", run.at("/status/state"));
    List<String> losses =
        get(path + "/metrics?key=loss&max-points=1000")
            .path("points")
            .valueStream()
            .map(point -> point.path("step") + ": " + point.path("value"))
            .toList();
    keep(name + " losses", losses);
    keep(name + " held out", run.at("/latest/heldoutLoss"));
    JsonNode checkpoint = get("/api/v1/checkpoints/" + run.path("finalCheckpointId").asString());
    Path manifest = store.resolve(checkpoint.path("prefix").asString()).resolve("manifest.json");
    for (JsonNode object : JSON.readTree(Files.readString(manifest)).path("objects")) {
      keep(name + " " + object.path("name").asString(), object.path("sha256"));
    }
  }

  /** Of a launched kind there is one: nothing was launched twice. */
  private JsonNode only(String kind, String path) throws IOException, InterruptedException {
    List<JsonNode> items = items(path).toList();
    if (items.size() != 1) {
      throw new AssertionError("%d %s instead of one: %s".formatted(items.size(), kind, items));
    }
    return items.getFirst();
  }

  private Stream<JsonNode> items(String path) throws IOException, InterruptedException {
    return get(path).path("items").valueStream();
  }

  private void keep(String name, Object value) {
    String text = value.toString(); // of a JSON node: JSON
    if (text.isEmpty() || text.equals("\"\"")) {
      throw new AssertionError("the platform does not tell: " + name);
    }
    found.put(name, text);
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(door.resolve(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + key)
                .build(),
            BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return JSON.readTree(answer.body());
  }
}
