package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.kit.Api;
import org.transnormer.cleaning.kit.Neighbours;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.cleaning.kit.RealCorpus;
import org.transnormer.cleaning.kit.TestRecipes;
import tools.jackson.databind.JsonNode;

/** What was made on the whole way goes again, in the order in which nothing refers to it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RemovalIT {

  private static final Platform PLATFORM = Platform.shared();
  private static final String RUNS = "/api/v1/cleaning-runs/";
  private static final String TOKENIZERS = "/api/v1/tokenizers/";
  private static final String TOKEN_SETS = "/api/v1/token-sets/";
  private static final Neighbours NEIGHBOURS = PLATFORM.neighbours();
  private static final ObjectStore STORE = PLATFORM.store();
  private static RealCorpus corpus;
  private static Api api;
  private static Api trainer;
  private static String run = "";
  private static String twin = "";
  private static String snapshot = "";
  private static String tokenizer = "";
  private static String tokenSet = "";

  @BeforeAll
  static void make() throws IOException {
    corpus = PLATFORM.corpus("removed", 2, 91);
    api = Platform.sharedApi();
    trainer = PLATFORM.neighbour(Platform.sharedProcess());
    run = cleaned(TestRecipes.withRound(true));
    twin = cleaned(TestRecipes.withoutRounds());
    snapshot = api.get(RUNS + run).body().required("snapshotId").asString();
    tokenizer = launched(TOKENIZERS, Map.of("snapshotId", snapshot, "vocabSize", 300), "succeeded");
    tokenSet =
        launched(TOKEN_SETS, Map.of("snapshotId", snapshot, "tokenizerId", tokenizer), "succeeded");
  }

  private static String cleaned(Map<String, Object> overrides) {
    return launched(
        RUNS, Map.of("corpusId", "removed", "recipe", "demo", "overrides", overrides), "succeeded");
  }

  private static String launched(String path, Map<String, Object> body, String state) {
    JsonNode launched = api.launch(path.substring(0, path.length() - 1), body).body();
    String id = launched.required("id").asString();
    Platform.awaitState(api, path + id, state);
    return id;
  }

  @AfterEach
  void goOn() {
    NEIGHBOURS.hold(false);
  }

  private static JsonNode refused(String path) {
    Api.Answer answer = api.delete(path);
    assertThat(answer.status()).as(answer.body().toPrettyString()).isEqualTo(409);
    assertThat(answer.body().path("type").asString()).isEqualTo("/problems/still-referred-to");
    assertThat(api.get(path).status()).isEqualTo(200);
    return answer.body().path("referredToBy").path(0);
  }

  private static void removed(String path) {
    Api.Answer dry = api.delete(path + "?dryRun=true");
    assertThat(dry.status()).as(dry.body().toPrettyString()).isEqualTo(200);
    assertThat(dry.body().path("possible").asBoolean()).isTrue();
    assertThat(api.get(path).status()).isEqualTo(200);

    Api.Answer answer = api.delete(path);

    assertThat(answer.status()).as(answer.body().toPrettyString()).isEqualTo(200);
    assertThat(answer.body().path("bytes")).isEqualTo(dry.body().path("bytes"));
    assertThat(api.get(path).status()).isEqualTo(404);
    assertThat(api.delete(path).status()).as("again").isEqualTo(404);
  }

  private static void awaitEmpty(String prefix) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(STORE.list(prefix)).isEmpty());
  }

  private static List<String> referrers(String kind, String id) {
    return trainer
        .get("/internal/v1/references?kind=%s&id=%s".formatted(kind, id))
        .body()
        .path("referrers")
        .valueStream()
        .map(JsonNode::asString)
        .toList();
  }

  @Test
  @Order(1)
  void tellsTheOthersWhatRefersToTheirs() {
    assertThat(referrers("snapshot", snapshot))
        .containsExactly("token set " + tokenSet, "tokenizer " + tokenizer);
    assertThat(referrers("corpus", "removed"))
        .containsExactlyInAnyOrder("cleaning run " + run, "cleaning run " + twin);
    String evaluation =
        api.get(RUNS + run + "/rounds").body().at("/items/0/evaluationRunId").asString();
    assertThat(referrers("training-run", evaluation)).as("the run is over").isEmpty();
    String presence = "/internal/v1/presence?kind=token-set&id=%s&folder=token-sets/x";
    for (String id : List.of(tokenSet, run + "-round-1")) {
      assertThat(trainer.get(presence.formatted(id)).body().path("presence").asString())
          .isEqualTo("present");
    }
    assertThat(trainer.get(presence.formatted("none")).body().path("presence").asString())
        .isEqualTo("unknown");
  }

  @Test
  @Order(2)
  void keepsATokenSetThatIsTrainedOnAndATokenizerThatWroteIt() {
    NEIGHBOURS.refer("token-set", tokenSet, "training run 7");

    assertThat(refused(TOKEN_SETS + tokenSet).asString()).isEqualTo("training run 7");
    assertThat(refused(TOKENIZERS + tokenizer).asString()).isEqualTo("token set " + tokenSet);
    NEIGHBOURS.refer("token-set", tokenSet);
  }

  @Test
  @Order(3)
  void removesThemInTheirOrder() throws IOException {
    String tokens = api.get(TOKEN_SETS + tokenSet).body().path("prefix").asString();
    String same = // of the same content, so in the same place
        launched(TOKEN_SETS, Map.of("snapshotId", snapshot, "tokenizerId", tokenizer), "succeeded");

    removed(TOKEN_SETS + same);
    assertThat(STORE.list(tokens)).isNotEmpty();
    removed(TOKEN_SETS + tokenSet);
    String presence = "/internal/v1/presence?kind=token-set&id=%s&folder=%s";
    assertThat(trainer.get(presence.formatted(tokenSet, tokens)).body().path("presence").asString())
        .isEqualTo("discarded");
    awaitEmpty(tokens);
    removed(TOKENIZERS + tokenizer);
    assertThat(referrers("snapshot", snapshot)).isEmpty();
  }

  @Test
  @Order(4)
  void nothingIsMadeOfASnapshotThatWasRemoved() {
    NEIGHBOURS.snapshot(snapshot, "discarded");

    Api.Answer answer =
        api.launch("/api/v1/tokenizers", Map.of("snapshotId", snapshot, "vocabSize", 300));

    assertThat(answer.status()).isEqualTo(404);
    assertThat(referrers("snapshot", snapshot)).isEmpty();
  }

  @Test
  @Order(5)
  void keepsACleaningRunWhileItsSnapshotOrWhatItTrainsIsThere() {
    NEIGHBOURS.refer("cleaning-run", run, "snapshot " + snapshot);
    assertThat(refused(RUNS + run).asString()).isEqualTo("snapshot " + snapshot);
    NEIGHBOURS.refer("cleaning-run", run);
    NEIGHBOURS.snapshot(snapshot, "unknown");
    assertThat(refused(RUNS + run).asString()).contains("on its way to the catalogue");
    NEIGHBOURS.snapshot(snapshot, "discarded");
    NEIGHBOURS.refer("token-set", run + "-round-1", "training run 8");
    assertThat(refused(RUNS + run).asString()).isEqualTo("training run 8");
    NEIGHBOURS.refer("token-set", run + "-round-1");
  }

  @Test
  @Order(6)
  void removesACleaningRunButNotWhatAnotherHasInCommon() throws IOException {
    String shard = Snapshot.read(STORE, snapshot).shards().getFirst().shard().prefix();

    removed(RUNS + run);

    awaitEmpty("sidecars/" + run);
    awaitEmpty("token-sets/" + run + "-round-1");
    assertThat(api.get("/api/v1/review-items?run=" + run).body().path("items")).isEmpty();
    assertThat(STORE.list(shard)).isNotEmpty();
    String document = corpus.documents().getFirst().id();
    assertThat(api.get(RUNS + twin + "/verdicts/" + document).status()).isEqualTo(200);
    removed(RUNS + twin);
    awaitEmpty("sidecars/" + twin);
    awaitEmpty("corpora/removed/normalised");
    assertThat(referrers("corpus", "removed")).isEmpty();
  }

  @Test
  @Order(7)
  void keepsWhatIsAtWorkAndTheModelThatItWaitsFor() {
    NEIGHBOURS.hold(true);
    JsonNode launched =
        api.launch(
                "/api/v1/cleaning-runs",
                Map.of(
                    "corpusId",
                    "removed",
                    "recipe",
                    "demo",
                    "overrides",
                    TestRecipes.withRound(true)))
            .body();
    String path = RUNS + launched.required("id").asString();
    await()
        .atMost(Platform.SOON)
        .until(() ->
            !api.get(path + "/rounds")
                .body()
                .at("/items/0/evaluationRunId")
                .asString("")
                .isEmpty());
    String evaluation = api.get(path + "/rounds").body().at("/items/0/evaluationRunId").asString();

    assertThat(refused(path).asString()).isEqualTo("its own work, which is running");
    assertThat(referrers("training-run", evaluation))
        .containsExactly(
            "cleaning run %s, which can go on".formatted(launched.required("id").asString()));
    NEIGHBOURS.hold(false);
    Platform.awaitState(api, path, "succeeded");
    removed(path);
  }
}
