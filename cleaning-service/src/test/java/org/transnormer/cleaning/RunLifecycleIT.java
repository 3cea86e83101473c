package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.cleaning.kit.Api;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.cleaning.kit.TestRecipes;
import tools.jackson.databind.JsonNode;

/** What may happen to a run on its way. */
class RunLifecycleIT {

  private static final Platform PLATFORM = Platform.shared();
  private static final String RUNS = "/api/v1/cleaning-runs";
  private static Api api;

  @BeforeAll
  static void start() throws IOException {
    PLATFORM.corpus("small", 2, 70);
    api = Platform.sharedApi();
  }

  @AfterEach
  void goOn() {
    PLATFORM.neighbours().hold(false);
    PLATFORM.neighbours().away(false);
  }

  private static String launch(Map<String, Object> overrides) {
    JsonNode run =
        api.launch(RUNS, Map.of("corpusId", "small", "recipe", "demo", "overrides", overrides))
            .body();
    return RUNS + "/" + run.required("id").asString();
  }

  private static void awaitStage(String run, String stage) {
    await()
        .atMost(Platform.SOON)
        .until(() -> {
          for (JsonNode each : api.get(run).body().path("stages")) {
            if (each.path("name").asString().equals(stage)
                && each.path("state").asString().equals("running")) {
              return true;
            }
          }
          return false;
        });
  }

  @Test
  void stopsAndGoesOnWhereItStood() {
    PLATFORM.neighbours().hold(true);
    int before = PLATFORM.neighbours().orders().size();
    String run = launch(TestRecipes.withRound(true));
    awaitStage(run, "round-1-train");
    await().atMost(Platform.SOON).until(() -> PLATFORM.neighbours().orders().size() == before + 1);

    assertThat(api.post(run + "/stop", Map.of()).status()).isEqualTo(202);
    JsonNode stopped = Platform.awaitState(api, run, "stopped");
    assertThat(stopped.path("snapshotId").isMissingNode()).isTrue();
    assertThat(api.post(run + "/stop", Map.of()).status()).isEqualTo(409);
    PLATFORM.neighbours().hold(false);

    System.setProperty(FailPoints.PROPERTY, "idempotency.beforeKeep:throw");
    int lost = api.launch(run + "/restart", Map.of(), "restart").status();
    System.clearProperty(FailPoints.PROPERTY);
    int again = api.launch(run + "/restart", Map.of(), "restart").status();
    assertThat(List.of(lost, again))
        .as("a lost answer, and the same request")
        .containsExactly(500, 202);
    JsonNode done = Platform.awaitState(api, run, "succeeded");

    assertThat(done.at("/status/attempt").asInt()).isEqualTo(2);
    assertThat(PLATFORM.neighbours().orders())
        .as("the training run is the same")
        .hasSize(before + 1);
  }

  @Test
  void abandonsForGood() {
    PLATFORM.neighbours().hold(true);
    String run = launch(TestRecipes.withRound(true));
    awaitStage(run, "round-1-train");
    assertThat(api.post(run + "/abandon", Map.of()).status()).isEqualTo(409);
    api.post(run + "/stop", Map.of());
    Platform.awaitState(api, run, "stopped");

    assertThat(api.post(run + "/abandon", Map.of()).status()).isEqualTo(200);

    assertThat(api.get(run).body().at("/status/state").asString()).isEqualTo("abandoned");
    assertThat(api.launch(run + "/restart", Map.of()).status()).isEqualTo(409);
  }

  @Test
  void failsWithTheTrainersReasonAndAsksForAnotherModelWhenRestarted() {
    PLATFORM.neighbours().failTraining();
    String run = launch(TestRecipes.withRound(true));

    JsonNode failed = Platform.awaitState(api, run, "failed");
    assertThat(failed.at("/status/reason").asString()).contains("the loss is not a number");
    api.launch(run + "/restart", Map.of());

    Platform.awaitState(api, run, "succeeded");
  }

  @Test
  void waitsWhileTheTrainerIsAway() {
    PLATFORM.neighbours().away(true);
    String run = launch(TestRecipes.withRound(true));
    await()
        .atMost(Platform.SOON)
        .until(() ->
            api.get(run).body().at("/status/reason").asString("").contains("trainer-service"));

    PLATFORM.neighbours().away(false);

    Platform.awaitState(api, run, "succeeded");
  }

  @Test
  void waitsForPeopleAndDoesWhatTheySay() {
    String run = launch(TestRecipes.withRound(false));
    String id = run.substring(RUNS.length() + 1);
    awaitStage(run, "round-1-review");
    JsonNode pending = api.get("/api/v1/review-items?run=" + id + "&state=pending").body();
    assertThat(pending.required("items")).isNotEmpty();
    await()
        .atMost(Platform.SOON)
        .until(() -> api.get(run).body().at("/status/reason").asString("").contains("review"));

    String kept = "";
    String dropped = "";
    for (JsonNode item : pending.required("items")) {
      boolean keeps = item.required("proposal").asString().equals("keep");
      // Everything is judged against the machine.
      api.post(
          "/api/v1/review-items/" + item.required("id").asString() + "/decision",
          Map.of("decision", keeps ? "reject" : "accept"));
      if (keeps) {
        dropped = item.required("documentId").asString();
      } else {
        kept = item.required("documentId").asString();
      }
    }
    Platform.awaitState(api, run, "succeeded");

    assertThat(kept).isNotEmpty();
    assertThat(dropped).isNotEmpty();
    JsonNode back = api.get(run + "/verdicts/" + kept).body();
    assertThat(back.required("kept").asBoolean()).as(back.toPrettyString()).isTrue();
    JsonNode gone = api.get(run + "/verdicts/" + dropped).body();
    assertThat(gone.required("stage").asString()).as(gone.toPrettyString()).isEqualTo("review");
    JsonNode round = api.get(run + "/rounds/1").body();
    assertThat(round.at("/cutPrecision/share").asDouble()).isZero();
    assertThat(round.at("/cutPrecision/judged").asLong()).isPositive();
    assertThat(round.at("/cutPrecision/high").asDouble()).isLessThan(1);
  }

  @Test
  void anEqualRunMakesTheSameSnapshot() {
    String first = launch(TestRecipes.withoutRounds());
    String second = launch(TestRecipes.withoutRounds());

    String one = Platform.awaitState(api, first, "succeeded").required("snapshotId").asString();
    String two = Platform.awaitState(api, second, "succeeded").required("snapshotId").asString();

    assertThat(one).isEqualTo(two);
  }

  @Test
  void streamsItsViewUntilItIsAtRest() throws Exception {
    String run = launch(TestRecipes.withoutRounds());

    try (Stream<String> lines = api.events(run + "/events")) {
      String last =
          lines.filter(line -> line.startsWith("data:")).reduce("", (before, after) -> after);
      assertThat(last).contains("\"state\":\"succeeded\"");
    }
  }
}
