package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

/** The service with real workers, which train a tiny model in child processes. */
class LocalTrainingIT {

  private static final long STEPS = 600;
  private static final long CHECKPOINT_EVERY = 100;
  private static final String WEIGHTS = "model.safetensors";

  /** A worker is held before its 150th step until this file exists. */
  @TempDir private static Path holds;

  @SuppressWarnings("NullAway.Init")
  private static TrainerFixture trainer;

  @SuppressWarnings("NullAway.Init")
  private static LocalTraining local;

  @SuppressWarnings("NullAway.Init")
  private static Map<String, String> uninterrupted;

  @SuppressWarnings("NullAway.Init")
  private static String uninterruptedRun;

  @BeforeAll
  static void trainWithoutInterruption() throws IOException {
    Files.createFile(go());
    trainer =
        TrainerFixture.start(
            Map.of(
                "tnl.trainer.local.slots",
                "2",
                // slow enough for a test to catch a worker at work
                "tnl.trainer.local.environment[TNL_FAILPOINTS]",
                "worker.step:sleep-5,worker.step:until-%s:150".formatted(go())));
    local = new LocalTraining(trainer);
    uninterruptedRun = trainer.startRun(spec());
    local.awaitState(uninterruptedRun, "succeeded");
    uninterrupted = local.finalDigests(uninterruptedRun);
  }

  @AfterAll
  static void stop() {
    trainer.close();
    assertThat(local.workers()).as("workers that outlived the service").isEmpty();
  }

  private static Path go() {
    return holds.resolve("go");
  }

  private static String spec() {
    return TrainerFixture.spec(STEPS, CHECKPOINT_EVERY, "");
  }

  @Test
  void showsWhatWasMeasuredWrittenAndKept() {
    JsonNode run = trainer.run(uninterruptedRun);

    assertThat(run.path("latest").path("step").asLong()).isEqualTo(STEPS);
    assertThat(run.path("latest").path("loss").asDouble())
        .isLessThan(run.path("first").path("loss").asDouble() - 1);
    assertThat(run.path("latest").path("heldoutLoss").asDouble()).isBetween(0.5, 5.0);
    assertThat(run.path("latest").path("tokensPerSecond").asDouble()).isPositive();
    assertThat(run.path("bestCheckpointId").asString("")).isNotEmpty();
    assertThat(run.path("attempts").size()).isEqualTo(1);
    JsonNode series =
        trainer
            .get(
                "/api/v1/training-runs/%s/metrics?key=loss&max-points=100"
                    .formatted(uninterruptedRun))
            .body();
    assertThat(series.path("points").size()).isBetween(40, 100);
    assertThat(series.path("discarded").isEmpty()).isTrue();
    JsonNode log = trainer.get("/api/v1/training-runs/%s/logs".formatted(uninterruptedRun)).body();
    assertThat(log.path("lines").isEmpty()).isFalse();
  }

  @Test
  void namesTheDocumentsOfABatch() {
    JsonNode batch =
        trainer
            .get("/api/v1/training-runs/%s/steps/%d/documents".formatted(uninterruptedRun, 7))
            .body();

    int tokens =
        batch.path("documents").valueStream().mapToInt(each -> each.path("tokens").asInt()).sum();
    assertThat(tokens).isEqualTo(2 * 32); // sequences times their length
    assertThat(batch.path("documents").get(0).path("id").asString()).matches("[0-9a-f]{32}");
    assertThat(
            trainer
                .get("/api/v1/training-runs/%s/steps/0/documents".formatted(uninterruptedRun))
                .status())
        .isEqualTo(404);
  }

  @Test
  void aKilledWorkerIsReplacedAndTheResultIsTheSame() throws IOException {
    killedOnce();
  }

  @Tag("kill")
  @RepeatedTest(10)
  void aKilledWorkerIsReplacedAndTheResultIsTheSameAgainAndAgain() throws IOException {
    killedOnce();
  }

  private static void killedOnce() throws IOException {
    Files.delete(go());
    Files.deleteIfExists(holds.resolve("go.reached"));
    String run = trainer.startRun(spec());
    await().atMost(LocalTraining.LONG).until(() -> Files.exists(holds.resolve("go.reached")));
    local.awaitCheckpoints(run, 1);
    local.killWorkers();
    Files.createFile(go());

    JsonNode done = local.awaitState(run, "succeeded");

    assertThat(done.path("attempts").size()).isGreaterThanOrEqualTo(2);
    assertThat(done.path("attempts").get(0).path("outcome").asString()).isEqualTo("lost");
    assertThat(done.path("attempts").get(0).path("reason").asString()).contains("signal 9");
    assertThat(done.path("attempts").get(1).path("startStep").asLong()).isEqualTo(CHECKPOINT_EVERY);
    assertThat(local.finalDigests(run)).isEqualTo(uninterrupted);
  }

  @Test
  void aSuspendedRunEndsAsOneThatWasNot() throws IOException {
    String run = trainer.startRun(spec());
    local.awaitCheckpoints(run, 1);
    trainer.post("/api/v1/training-runs/%s/suspend".formatted(run), null);
    local.awaitState(run, "suspended");
    await().atMost(LocalTraining.LONG).until(() -> local.workers().isEmpty());

    System.setProperty(FailPoints.PROPERTY, "idempotency.beforeKeep:throw");
    assertThat(resume(run)).as("its answer is lost").isEqualTo(500);
    System.clearProperty(FailPoints.PROPERTY);
    assertThat(resume(run)).isEqualTo(202);
    local.awaitState(run, "succeeded");

    assertThat(local.finalDigests(run)).isEqualTo(uninterrupted);
  }

  private static int resume(String run) {
    return trainer
        .send(
            "POST",
            "/api/v1/training-runs/%s/resume".formatted(run),
            null,
            trainer.token(Role.OPERATOR),
            Map.of("Idempotency-Key", "resume-" + run))
        .status();
  }

  @Test
  void aRunOutlivesTheServiceThatStartedIt() throws IOException {
    String run = trainer.startRun(spec());
    local.awaitCheckpoints(run, 1);

    trainer.restart();

    JsonNode done = local.awaitState(run, "succeeded");
    assertThat(done.path("attempts").size()).isEqualTo(2);
    assertThat(local.finalDigests(run)).isEqualTo(uninterrupted);
  }

  @Test
  void activationsMadeAgainGiveTheSameModel() throws IOException {
    String run =
        trainer.startRun(
            spec()
                .replace("\"sequenceLength\": 32", "\"sequenceLength\": 32, \"recompute\": true"));

    JsonNode done = local.awaitState(run, "succeeded");

    assertThat(done.path("spec").path("batch").path("recompute").asBoolean()).isTrue();
    assertThat(local.finalDigests(run)).containsEntry(WEIGHTS, uninterrupted.get(WEIGHTS));
  }

  @Test
  void trainsInMicroBatchesWithAnObjectiveAndAScheduleOfItsOwn() throws IOException {
    String run =
        trainer.startRun(
            TrainerFixture.spec(
                    STEPS,
                    CHECKPOINT_EVERY,
                    ", \"objective\": {\"zLoss\": 1e-4, \"isolateDocuments\": true}")
                .replace("\"sequences\": 2", "\"sequences\": 2, \"microSequences\": 1")
                .replace(
                    "\"learningRate\": 0.003",
                    "\"learningRate\": 0.003, \"warmupSteps\": 10, \"warmupStartRatio\": 0.1"));

    JsonNode done = local.awaitState(run, "succeeded");

    assertThat(done.path("spec").path("batch").path("microSequences").asInt()).isEqualTo(1);
    assertThat(done.path("latest").path("loss").asDouble())
        .isLessThan(done.path("first").path("loss").asDouble() - 1);
    assertThat(local.finalDigests(run).get(WEIGHTS)).isNotEqualTo(uninterrupted.get(WEIGHTS));
  }

  @Test
  void aCancelledRunStopsAndStays() {
    String run = trainer.startRun(TrainerFixture.spec(1_000_000, 1_000, ""));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> trainer.run(run).path("observed").asString().equals("running"));

    trainer.post("/api/v1/training-runs/%s/cancel".formatted(run), null);

    local.awaitState(run, "cancelled");
    await().atMost(Duration.ofSeconds(10)).until(() -> local.workers().isEmpty());
  }

  @Test
  void aRunWhoseLossExplodesFailsOnceAndSaysWhy() {
    String run =
        trainer.startRun(
            TrainerFixture.spec(STEPS, CHECKPOINT_EVERY, "")
                .replace("\"learningRate\": 0.003", "\"learningRate\": 1e6, \"clip\": 0"));

    JsonNode failed = local.awaitState(run, "failed");

    assertThat(failed.path("failure").path("reason").asString()).startsWith("diverged");
    assertThat(failed.path("attempts").size()).isEqualTo(1);
    assertThat(failed.path("failure").path("logTail").isEmpty()).isFalse();
  }

  @Test
  void streamsARunAsItHappens() throws IOException, InterruptedException {
    String run = trainer.startRun(spec());
    List<String> names = new ArrayList<>();
    String lastId = "";
    HttpRequest request =
        HttpRequest.newBuilder(trainer.uri("/api/v1/training-runs/%s/events".formatted(run)))
            .header("Authorization", "Bearer " + trainer.token(Role.VIEWER))
            .build();

    try (HttpClient http = HttpClient.newHttpClient();
        BufferedReader events =
            new BufferedReader(
                new InputStreamReader(
                    http.send(request, BodyHandlers.ofInputStream()).body(),
                    StandardCharsets.UTF_8))) {
      for (String line = events.readLine(); line != null; line = events.readLine()) {
        if (line.startsWith("event:")) {
          names.add(line.substring("event:".length()));
        } else if (line.startsWith("id:")) {
          lastId = line.substring("id:".length());
        }
      }
    }

    assertThat(names).contains("run", "metrics").endsWith("end");
    assertThat(lastId).matches("v\\d+\\.m\\d+");
  }

  @Test
  void aCloneWithTheSameSpecificationGivesTheSameModel() throws IOException {
    String clone =
        trainer.post("/api/v1/training-runs/%s/clone".formatted(uninterruptedRun), null).text("id");

    JsonNode done = local.awaitState(clone, "succeeded");

    assertThat(done.path("clonedFrom").asString()).isEqualTo(uninterruptedRun);
    assertThat(done.path("specDigest")).isEqualTo(trainer.run(uninterruptedRun).path("specDigest"));
    assertThat(local.finalDigests(clone)).isEqualTo(uninterrupted);
  }
}
