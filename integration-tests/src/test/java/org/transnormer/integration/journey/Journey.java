package org.transnormer.integration.journey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** From a file of documents to a served answer, one stage a call. */
public record Journey(Door door) {

  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration GLANCE = Duration.ofSeconds(1);

  /** From {@link Prose} in a folder to token shards. */
  public JsonNode tokens(String folderUri, int documents) {
    String corpus = door.post("/api/v1/corpora", Map.of("name", "prose")).path("id").asString();
    String corpusPath = "/api/v1/corpora/" + corpus;
    door.post(
        corpusPath + "/sources",
        Map.of("name", "prose", "uri", folderUri, "format", "jsonl", "licence", "CC0-1.0"));
    JsonNode ingested = launched(corpusPath + "/ingestions", Map.of());
    assertThat(ingested.path("counts").path("documents").asInt()).isEqualTo(documents);
    JsonNode cleaned =
        launched("/api/v1/cleaning-runs", Map.of("corpusId", corpus, "recipe", "demo-fast"));
    String snapshot = cleaned.path("snapshotId").asString();
    JsonNode tokenizer =
        launched("/api/v1/tokenizers", Map.of("snapshotId", snapshot, "vocabSize", 512));
    return launched(
        "/api/v1/token-sets",
        Map.of("snapshotId", snapshot, "tokenizerId", tokenizer.path("id").asString()));
  }

  /** Launches a training run on the tokens. */
  public String train(JsonNode tokens, int steps, int checkpointEvery) {
    Map<String, Object> run =
        Map.of(
            "name", "prose",
            "purpose", "model",
            "spec",
                Map.of(
                    "family", "tnl",
                    "task", "causal-lm",
                    "model",
                        Map.of(
                            "preset", "demo-fast", "vocabSize", tokens.path("vocabSize").asInt()),
                    "data", Map.of("tokenSetPrefix", tokens.path("prefix").asString()),
                    "optimizer", Map.of("learningRate", 3e-3, "warmupSteps", 5),
                    "batch", Map.of("sequences", 4, "sequenceLength", 128),
                    "steps", steps,
                    "seed", 1,
                    "checkpoints", Map.of("everySteps", checkpointEvery, "keep", 2)));
    return door.launch("/api/v1/training-runs", run).path("id").asString();
  }

  /** Waits for a training run to come so far. */
  public void awaitStep(String run, int step) {
    await()
        .atMost(PATIENCE)
        .pollInterval(GLANCE)
        .until(() -> {
          JsonNode seen = door.get("/api/v1/training-runs/" + run);
          assertThat(state(seen)).as(seen.toString()).isNotIn("failed", "succeeded", "cancelled");
          return seen.path("latest").path("step").asInt(0) >= step;
        });
  }

  /** The run, once it has succeeded. */
  public JsonNode trained(String run) {
    return succeeded("/api/v1/training-runs/" + run);
  }

  /** The text that the checkpoint goes on with. */
  public String answer(String checkpoint, String prompt) {
    door.put("/api/v1/aliases/prose", Map.of("checkpointId", checkpoint));
    door.put("/api/v1/deployments/prose", Map.of("alias", "prose", "slots", 2));
    await()
        .atMost(PATIENCE)
        .pollInterval(GLANCE)
        .until(() -> {
          JsonNode seen = door.get("/api/v1/deployments/prose");
          assertThat(seen.path("state").asString()).as(seen.toString()).isNotEqualTo("failed");
          return seen.path("state").asString().equals("ready")
              && seen.path("checkpointId").asString().equals(checkpoint);
        });
    JsonNode answer =
        door.post(
            "/v1/completions",
            Map.of("model", "prose", "prompt", prompt, "max_tokens", 12, "seed", 1));
    return answer.path("choices").path(0).path("text").asString();
  }

  private JsonNode launched(String path, Object body) {
    return succeeded(path + "/" + door.launch(path, body).path("id").asString());
  }

  private JsonNode succeeded(String path) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(GLANCE)
        .until(
            () -> {
              JsonNode seen = door.get(path);
              assertThat(state(seen))
                  .as(path + ": " + seen)
                  .isNotIn("failed", "stopped", "cancelled");
              return seen;
            },
            seen -> state(seen).equals("succeeded"));
  }

  private static String state(JsonNode resource) {
    return resource.path("status").path("state").asString("");
  }
}
