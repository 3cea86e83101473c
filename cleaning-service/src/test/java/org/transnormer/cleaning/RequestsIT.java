package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.cleaning.kit.Api;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.cleaning.kit.TestRecipes;
import org.transnormer.model.tokenizer.ByteLevelBpeTrainer;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Requests good and bad. */
class RequestsIT {

  private static final Platform PLATFORM = Platform.shared();
  private static final String RUNS = "/api/v1/cleaning-runs";
  private static Api api;

  @BeforeAll
  static void start() throws IOException {
    PLATFORM.corpus("tiny", 1, 60);
    api = Platform.sharedApi();
  }

  private static void isProblem(Api.Answer answer, int status, String slug) {
    assertThat(answer.status()).as(answer.body().toPrettyString()).isEqualTo(status);
    assertThat(answer.body().required("type").asString()).isEqualTo("/problems/" + slug);
    assertThat(answer.body().path("requestId").asString("")).isNotEmpty();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    isProblem(api.get(RUNS + "/nothing"), 404, "not-found");
    isProblem(api.get("/api/v1/recipes/nothing"), 404, "not-found");
    isProblem(api.get("/api/v1/recipes/demo?version=999"), 404, "not-found");
    isProblem(api.get("/api/v1/tokenizers/nothing"), 404, "not-found");
    isProblem(api.get("/api/v1/token-sets/nothing"), 404, "not-found");
    isProblem(api.get("/api/v1/review-items/nothing"), 404, "not-found");
    isProblem(api.get(RUNS + "/nothing/rounds"), 404, "not-found");
    isProblem(api.launch(RUNS, Map.of("corpusId", "nothing", "recipe", "demo")), 404, "not-found");
    isProblem(api.launch(RUNS, Map.of("corpusId", "tiny", "recipe", "nothing")), 404, "not-found");
    isProblem(
        api.launch("/api/v1/tokenizers", Map.of("snapshotId", "a".repeat(64), "vocabSize", 512)),
        404,
        "not-found");
    isProblem(
        api.launch(
            "/api/v1/token-sets", Map.of("snapshotId", "a".repeat(64), "tokenizerId", "nothing")),
        404,
        "not-found");
  }

  @Test
  void namesWhatIsWrongWithARequest() {
    isProblem(api.launch(RUNS, Map.of("recipe", "demo")), 400, "invalid-request");
    isProblem(
        api.launch(RUNS, Map.of("corpusId", "tiny", "recipe", "demo", "surprise", 1)),
        400,
        "invalid-request");
    isProblem(api.launch(RUNS, "{not json"), 400, "invalid-request");
    isProblem(
        api.launch(RUNS, Map.of("corpusId", "tiny", "recipe", List.of(1))), 400, "invalid-request");
    Api.Answer answer =
        api.launch(
            RUNS,
            Map.of(
                "corpusId",
                "tiny",
                "recipe",
                "demo",
                "overrides",
                Map.of("heldOut", Map.of("share", 7), "name", "other")));
    isProblem(answer, 400, "invalid-request");
    assertThat(answer.body().at("/errors/0/pointer").asString()).isEqualTo("/overrides/name");
    isProblem(
        api.launch("/api/v1/tokenizers", Map.of("snapshotId", "x", "vocabSize", 5)),
        400,
        "invalid-request");
    isProblem(api.get("/api/v1/review-items?state=strange"), 400, "invalid-request");
    isProblem(api.get(RUNS + "?limit=0"), 400, "invalid-request");
    isProblem(api.get(RUNS + "?after=nothing"), 400, "invalid-request");
    isProblem(api.get(RUNS + "?corpus=a%00b"), 400, "invalid-request");
  }

  @Test
  void learnsNothingFromASnapshotWithoutDocuments() throws IOException {
    String empty =
        Snapshot.of("a".repeat(64), List.of(), JsonNodeFactory.instance.objectNode())
            .commit(PLATFORM.store())
            .id();

    isProblem(
        api.launch("/api/v1/tokenizers", Map.of("snapshotId", empty, "vocabSize", 512)),
        422,
        "unprocessable");
  }

  @Test
  void launchesOnceForAKey() {
    Map<String, Object> body =
        Map.of("corpusId", "tiny", "recipe", "demo", "overrides", TestRecipes.withoutRounds());
    assertThat(api.post(RUNS, body).status()).isEqualTo(400);

    Api.Answer first = api.launch(RUNS, body, "the-key");
    Api.Answer again = api.launch(RUNS, body, "the-key");

    assertThat(first.status()).isEqualTo(202);
    assertThat(first.response().headers().firstValue("Location"))
        .hasValue(RUNS + "/" + first.body().required("id").asString());
    assertThat(again.body().required("id")).isEqualTo(first.body().required("id"));
    Api.Answer other = api.launch(RUNS, Map.of("corpusId", "other", "recipe", "demo"), "the-key");
    assertThat(other.status()).isEqualTo(422);
    Platform.awaitState(api, RUNS + "/" + first.body().required("id").asString(), "succeeded");
  }

  @Test
  void keepsVersionsOfRecipes() {
    JsonNode demo = api.get("/api/v1/recipes/demo").body();
    String text = demo.required("recipe").toString().replace("\"demo\"", "\"mine\"");

    Api.Answer added = api.post("/api/v1/recipes", text);
    Api.Answer same = api.post("/api/v1/recipes", text);
    Api.Answer changed =
        api.post("/api/v1/recipes", text.replace("\"share\":0.0", "\"share\":0.1"));

    assertThat(added.status()).as(added.body().toPrettyString()).isEqualTo(201);
    assertThat(added.body().required("version").asInt()).isEqualTo(1);
    assertThat(added.body().required("createdBy").asString()).isEqualTo("Alice");
    assertThat(same.body().required("version").asInt()).isEqualTo(1);
    assertThat(changed.body().required("version").asInt()).isEqualTo(2);
    assertThat(changed.body().required("versions")).hasSize(2);
    assertThat(api.get("/api/v1/recipes/mine?version=1").body().required("hash"))
        .isEqualTo(added.body().required("hash"));
    Api.Answer invalid = api.post("/api/v1/recipes/validate", "{\"format\":\"tnl/recipe/1\"}");
    assertThat(invalid.status()).isEqualTo(200);
    assertThat(invalid.body().required("valid").asBoolean()).isFalse();
    assertThat(invalid.body().at("/errors/0/pointer").asString()).isEqualTo("/name");
    isProblem(api.post("/api/v1/recipes", "{}"), 400, "invalid-request");
    isProblem(api.post("/api/v1/recipes", demo.required("recipe").toString()), 409, "conflict");
    assertThat(api.get("/api/v1/recipes/demo").body()).isEqualTo(demo);
    assertThat(api.get("/api/v1/recipes/schema").body().path("$schema").asString("")).isNotEmpty();
    assertThat(api.get("/api/v1/recipes/rules").body().required("items").size()).isGreaterThan(20);
  }

  @Test
  void takesTokenizersInFromConfiguredFoldersOnly() throws IOException {
    Path imports = Files.createDirectories(PLATFORM.folder().resolve("imports"));
    Path outside = PLATFORM.folder().resolve("outside.json");
    var tokenizer = new ByteLevelBpeTrainer();
    tokenizer.add("the sea and the ship and the sea");
    tokenizer.train(260).write(outside);
    tokenizer.train(260).write(imports.resolve("tokenizer.json"));
    Path link = imports.resolve("link.json");
    if (!Files.exists(link)) {
      Files.createSymbolicLink(link, outside);
    }
    Files.writeString(imports.resolve("broken.json"), "{\"model\":{}}");
    String path = "/api/v1/tokenizers/register";

    for (Path refused :
        List.of(outside, link, imports.resolve("none.json"), imports.resolve("broken.json"))) {
      isProblem(api.post(path, Map.of("uri", refused.toUri().toString())), 400, "invalid-request");
    }
    isProblem(api.post(path, Map.of("uri", "http://example.org/x")), 400, "invalid-request");
    isProblem(api.post(path, Map.of()), 400, "invalid-request");
    Api.Answer registered =
        api.post(path, Map.of("uri", imports.resolve("tokenizer.json").toUri().toString()));

    assertThat(registered.status()).as(registered.body().toPrettyString()).isEqualTo(201);
    assertThat(registered.body().required("origin").asString()).isEqualTo("registered");
    assertThat(registered.body().at("/status/state").asString()).isEqualTo("succeeded");
  }

  @Test
  void opensNothingWithoutAKeyAndChangesNothingForViewers() {
    Api nobody = api.anonymous();
    Api viewer = PLATFORM.api(Platform.sharedProcess(), Role.VIEWER);

    assertThat(nobody.get(RUNS).status()).isEqualTo(401);
    assertThat(nobody.get("/v3/api-docs").status()).isEqualTo(401);
    assertThat(nobody.get("/actuator/health/liveness").status()).isEqualTo(200);
    assertThat(viewer.get(RUNS).status()).isEqualTo(200);
    assertThat(viewer.launch(RUNS, Map.of("corpusId", "tiny", "recipe", "demo")).status())
        .isEqualTo(403);
    assertThat(viewer.post("/api/v1/recipes", "{}").status()).isEqualTo(403);
  }
}
