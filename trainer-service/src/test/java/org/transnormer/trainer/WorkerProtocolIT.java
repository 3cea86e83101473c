package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.support.security.Role;
import org.transnormer.trainer.TrainerFixture.Answer;
import org.transnormer.trainer.launch.FakeCluster;
import org.transnormer.trainer.launch.ObservedGroup.Broken;
import org.transnormer.trainer.launch.ObservedGroup.Pending;
import tools.jackson.databind.JsonNode;

/** The service with a cluster in memory; the test is the worker. */
class WorkerProtocolIT {

  @SuppressWarnings("NullAway.Init")
  private static TrainerFixture trainer;

  @SuppressWarnings("NullAway.Init")
  private static FakeCluster cluster;

  @BeforeAll
  static void start() {
    trainer =
        TrainerFixture.start(
            Map.of(
                "tnl.trainer.lease",
                "5s",
                "tnl.trainer.max-attempts",
                "3",
                "tnl.retention.keep",
                "1s",
                "tnl.retention.sweep",
                "200ms"),
            FakeCluster.Replacement.class);
    cluster = trainer.context().getBean(FakeCluster.class);
  }

  @AfterAll
  static void stop() {
    trainer.close();
  }

  @Test
  void aRunGoesFromQueuedToSucceeded() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(20, 10, ""));
    awaitGroup(run, 1);

    JsonNode assignment = worker(run, 1, "GET", "assignment", null).body();
    assertThat(assignment.path("epoch").asLong()).isPositive();
    assertThat(assignment.path("tokenSetPrefix").asString()).isEqualTo("token-sets/tiny");
    assertThat(assignment.path("spec").path("steps").asLong()).isEqualTo(20);
    assertThat(assignment.has("resumeFrom")).isFalse();
    assertThat(observed(run)).isEqualTo("starting");

    long epoch = assignment.path("epoch").asLong();
    assertThat(beat(run, 1, epoch, 5).body().path("directive").asString()).isEqualTo("continue");
    beat(run, 1, epoch, 6, "\"a GPU\""); // said once it is opened; later beats need not repeat it
    beat(run, 1, epoch, 7);
    JsonNode running = trainer.run(run);
    assertThat(running.path("observed").asString()).isEqualTo("running");
    assertThat(running.path("desired").asString()).isEqualTo("running");
    assertThat(running.at("/attempts/0/ranks/0/device").asString()).isEqualTo("a GPU");
    post204(
        run,
        1,
        "metrics",
        "{\"epoch\": %d, \"points\": [%s, %s]}"
            .formatted(epoch, point("loss", 1, 5.5), point("loss", 20, 3.25)));
    String checkpoint = commit(run, 1, epoch, 20, 3.5);
    end(run, 1, epoch, "succeeded", "", "checkpoints/%s/a1/step-20".formatted(run));

    JsonNode done = trainer.run(run);
    assertThat(done.path("observed").asString()).isEqualTo("succeeded");
    assertThat(done.has("desired")).isFalse();
    assertThat(done.path("status").path("state").asString()).isEqualTo("succeeded");
    assertThat(done.path("status").path("progress").path("done").asLong()).isEqualTo(20);
    assertThat(done.path("finalCheckpointId").asString()).isEqualTo(checkpoint);
    assertThat(done.path("bestCheckpointId").asString()).isEqualTo(checkpoint);
    assertThat(done.path("first").path("loss").asDouble()).isEqualTo(5.5);
    assertThat(done.path("latest").path("loss").asDouble()).isEqualTo(3.25);
    assertThat(done.path("launchedBy").asString()).isEqualTo("Alice");
    assertThat(events("trainer.run.ended.v1", run)).containsExactly("succeeded");
  }

  @Test
  void aLaunchWhoseAnswerWasLostIsNotLaunchedAgain() {
    String body = "{\"name\": \"lost\", \"spec\": " + TrainerFixture.spec(20, 10, "") + "}";
    Answer failed;
    System.setProperty(FailPoints.PROPERTY, "trainer.start.afterCommit:throw");
    try {
      failed = launch("lost-answer", body);
    } finally {
      System.clearProperty(FailPoints.PROPERTY);
    }

    Answer again = launch("lost-answer", body);

    assertThat(failed.status()).isEqualTo(500);
    assertThat(again.status()).as(again.body()::toString).isEqualTo(202);
    List<String> runs =
        trainer
            .get("/api/v1/training-runs?limit=200")
            .body()
            .path("items")
            .valueStream()
            .filter(run -> run.path("name").asString().equals("lost"))
            .map(run -> run.path("id").asString())
            .toList();
    assertThat(runs).containsExactly(again.text("id"));
    assertThat(again.response().headers().firstValue("Location"))
        .contains("/api/v1/training-runs/" + again.text("id"));
  }

  private static Answer launch(String key, String body) {
    return trainer.send(
        "POST",
        "/api/v1/training-runs",
        body,
        trainer.token(Role.OPERATOR),
        Map.of("Idempotency-Key", key));
  }

  @Test
  void aSilentWorkerIsReplacedAndItsEpochCommitsNothingMore() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);
    long first = epoch(run, 1);
    beat(run, 1, first, 12);
    commit(run, 1, first, 10, 4.0);
    metrics(run, 1, first, point("loss", 10, 4.0), point("loss", 12, 3.9));

    awaitGroup(run, 2); // nobody sends a heartbeat

    assertThat(beat(run, 1, first, 13).status()).isEqualTo(409);
    store(run, 1, 20);
    Answer stale = report(run, 1, first, 20, 3.0);
    assertThat(stale.status()).isEqualTo(409);
    assertThat(stale.text("type")).isEqualTo("/problems/stale-attempt");
    assertThat(worker(run, 1, "GET", "assignment", null).status()).isEqualTo(409);

    JsonNode second = worker(run, 2, "GET", "assignment", null).body();
    assertThat(second.path("epoch").asLong()).isGreaterThan(first);
    assertThat(second.path("resumeFrom").path("step").asLong()).isEqualTo(10);
    long epoch = second.path("epoch").asLong();
    beat(run, 2, epoch, 11);
    metrics(run, 2, epoch, point("loss", 11, 3.8));
    JsonNode series =
        trainer.get("/api/v1/training-runs/%s/metrics?key=loss".formatted(run)).body();
    assertThat(series.path("points").findValuesAsString("step")).containsExactly("10", "11");
    assertThat(series.path("discarded").findValuesAsString("step")).containsExactly("12");
    assertThat(trainer.run(run).path("attempts").get(0).path("outcome").asString())
        .isEqualTo("lost");
    cancel(run);
  }

  @Test
  void aDamagedCheckpointIsPassedOverForTheOneBefore() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 20);
    commit(run, 1, epoch, 10, 4.0);
    String damaged = commit(run, 1, epoch, 20, 3.9);
    trainer
        .store()
        .put("checkpoints/%s/a1/step-20/weights".formatted(run), bytes("wrong but as long"));

    cluster.set(run, 1, new Broken("rank 0 was killed"));
    awaitGroup(run, 2);

    assertThat(
            worker(run, 2, "GET", "assignment", null)
                .body()
                .path("resumeFrom")
                .path("step")
                .asLong())
        .isEqualTo(10);
    JsonNode checkpoint = trainer.get("/api/v1/checkpoints/" + damaged).body();
    assertThat(checkpoint.path("state").asString()).isEqualTo("corrupt");
    assertThat(checkpoint.path("reason").asString()).contains("step-20/weights");
    cancel(run);
  }

  @Test
  void aDivergedRunFailsAtOnceWithItsReasonAndTheLastLines() {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 3);
    post204(
        run,
        1,
        "log",
        """
        {"epoch": %d, "rank": 0, "lines": [
          {"sequence": 0, "at": "2026-01-01T00:00:00Z", "level": "info", "text": "step 3"},
          {"sequence": 1, "at": "2026-01-01T00:00:01Z", "level": "error", "text": "loss is NaN"}]}
        """
            .formatted(epoch));
    end(run, 1, epoch, "failed", "diverged: loss is NaN at step 4", null);
    end(run, 1, epoch, "failed", "diverged: loss is NaN at step 4", null); // said twice

    JsonNode failed = trainer.run(run);
    assertThat(failed.path("observed").asString()).isEqualTo("failed");
    assertThat(failed.has("desired")).isFalse();
    assertThat(failed.path("attempts").size()).isEqualTo(1);
    assertThat(failed.path("failure").path("reason").asString())
        .isEqualTo("diverged: loss is NaN at step 4");
    assertThat(failed.path("failure").path("logTail").valueStream().map(JsonNode::asString))
        .containsExactly("step 3", "loss is NaN");
    JsonNode log = trainer.get("/api/v1/training-runs/%s/logs?tail=1".formatted(run)).body();
    assertThat(log.path("lines").findValuesAsString("text")).containsExactly("loss is NaN");
    assertThat(events("trainer.run.ended.v1", run)).containsExactly("failed");
  }

  @Test
  void aRunWhoseWorkersNeverStartFailsWhenItsTriesAreUsedUp() {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    for (int attempt = 1; attempt <= 3; attempt++) {
      awaitGroup(run, attempt);
      cluster.set(run, attempt, new Broken("exit code 64"));
    }

    awaitObserved(run, "failed");

    assertThat(trainer.run(run).path("status").path("reason").asString())
        .isEqualTo("exit code 64 (3 attempts in a row came to nothing)");
    assertThat(trainer.run(run).path("failure").path("logTail").get(0).asString())
        .startsWith("last words of run-" + run);

    assertThat(steer(run, "resume").status()).isEqualTo(202);
    awaitGroup(run, 4);
    cancel(run);
  }

  @Test
  void whatAGroupWaitsForIsShown() {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);

    cluster.set(run, 1, new Pending("Unschedulable: no GPU", java.util.Optional.empty()));

    await()
        .until(() ->
            trainer
                .run(run)
                .path("status")
                .path("reason")
                .asString("")
                .equals("Unschedulable: no GPU"));
    cancel(run);
  }

  @Test
  void suspendedAndResumed() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 7);

    assertThat(steer(run, "suspend").status()).isEqualTo(202);
    assertThat(beat(run, 1, epoch, 8).body().path("directive").asString())
        .isEqualTo("checkpoint-and-stop");
    commit(run, 1, epoch, 8, 4.0);
    end(run, 1, epoch, "suspended", "", "checkpoints/%s/a1/step-8".formatted(run));
    awaitObserved(run, "suspended");

    assertThat(steer(run, "resume").status()).isEqualTo(202);
    awaitGroup(run, 2);
    assertThat(
            worker(run, 2, "GET", "assignment", null)
                .body()
                .path("resumeFrom")
                .path("step")
                .asLong())
        .isEqualTo(8);
    cancel(run);
  }

  @Test
  void cancelledForGood() {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 7);

    steer(run, "cancel");
    assertThat(beat(run, 1, epoch, 8).body().path("directive").asString()).isEqualTo("stop");
    end(run, 1, epoch, "cancelled", "", null);

    awaitObserved(run, "cancelled");
    assertThat(steer(run, "resume").status()).isEqualTo(409);
    assertThat(steer(run, "suspend").status()).isEqualTo(409);
    assertThat(audit(run)).contains("training-run.start", "training-run.cancel");
  }

  @Test
  void aRunTokenSpeaksForItsAttemptOnly() {
    String one = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    String other = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(one, 1);
    awaitGroup(other, 1);
    String token = cluster.token(one, 1);
    String path = "/internal/v1/runs/%s/attempts/%d/assignment";

    assertThat(trainer.send("GET", path.formatted(one, 1), null, token).status()).isEqualTo(200);
    assertThat(trainer.send("GET", path.formatted(one, 2), null, token).status()).isEqualTo(401);
    assertThat(trainer.send("GET", path.formatted(other, 1), null, token).status()).isEqualTo(401);
    assertThat(trainer.send("GET", path.formatted(one, 1), null, null).status()).isEqualTo(401);
    assertThat(
            trainer.send("GET", path.formatted(one, 1), null, trainer.token(Role.ADMIN)).status())
        .isEqualTo(401);
    assertThat(trainer.send("GET", "/api/v1/training-runs", null, token).status()).isEqualTo(401);
    cancel(one);
    cancel(other);
  }

  @Test
  void aCheckpointThatIsNotAsReportedIsRefused() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(30, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 10);

    Answer missing = report(run, 1, epoch, 10, 4.0, "0".repeat(64));
    assertThat(missing.status()).isEqualTo(422);
    assertThat(missing.text("detail")).contains("there is no manifest");

    store(run, 1, 10);
    Answer other = report(run, 1, epoch, 10, 4.0, "0".repeat(64));
    assertThat(other.status()).isEqualTo(422);
    assertThat(other.text("detail")).contains("has digest");

    trainer.store().delete("checkpoints/%s/a1/step-10/weights".formatted(run));
    Answer incomplete = report(run, 1, epoch, 10, 4.0);
    assertThat(incomplete.status()).isEqualTo(422);
    assertThat(incomplete.text("detail")).contains("step-10/weights is missing");
    cancel(run);
  }

  @Test
  void retentionKeepsTheNewestTheBestAndWhatAnAliasNames() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(60, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 10);
    String aliased = commit(run, 1, epoch, 10, 4.0);
    assertThat(alias("kept-" + run, aliased).status()).isEqualTo(201);
    String best = commit(run, 1, epoch, 20, 3.0);
    String gone = commit(run, 1, epoch, 30, 3.5);
    commit(run, 1, epoch, 40, 3.5);
    commit(run, 1, epoch, 50, 3.5);

    await()
        .untilAsserted(() ->
            assertThat(trainer.get("/api/v1/checkpoints/" + gone).text("state"))
                .isEqualTo("deleted"));
    assertThat(trainer.store().list("checkpoints/%s/a1/step-30".formatted(run))).isEmpty();
    for (String kept : List.of(aliased, best)) {
      assertThat(trainer.get("/api/v1/checkpoints/" + kept).text("state")).isEqualTo("committed");
    }
    Answer asked = trainer.delete("/api/v1/checkpoints/" + aliased + "?dryRun=true");
    assertThat(asked.status()).isEqualTo(200);
    assertThat(asked.body().path("possible").asBoolean(true)).isFalse();
    assertThat(asked.body().at("/referredToBy/0").asString()).contains("alias kept-" + run);
    Answer refused = trainer.delete("/api/v1/checkpoints/" + aliased);
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("type")).endsWith("/still-referred-to");
    assertThat(refused.text("detail")).contains("alias kept-" + run);
    cancel(run);
  }

  @Test
  void aRunThatHasEndedIsRemovedWithAllThatNothingElseRefersTo() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(20, 10, ""));
    String path = "/api/v1/training-runs/" + run;
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 5);
    metrics(run, 1, epoch, point("loss", 1, 5.5), point("loss", 20, 3.25));
    String aliased = commit(run, 1, epoch, 10, 4.0);
    String last = commit(run, 1, epoch, 20, 3.5);
    store(run, 1, 15); // what a worker left that never reported it
    Answer early = trainer.delete(path);
    end(run, 1, epoch, "succeeded", "", "checkpoints/%s/a1/step-20".formatted(run));
    String clone = trainer.post(path + "/clone", null).text("id");
    alias("holds-" + run, aliased);

    Answer refused = trainer.delete(path);
    Answer dryAlias = trainer.delete("/api/v1/aliases/holds-" + run + "?dryRun=true");
    Answer noAlias = trainer.delete("/api/v1/aliases/holds-" + run);
    Answer dry = trainer.delete(path + "?dryRun=true");
    assertThat(observed(run)).isEqualTo("succeeded");
    Answer gone = trainer.delete(path);

    assertThat(early.status()).isEqualTo(409);
    assertThat(early.body().at("/referredToBy/0").asString()).contains("its own work");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.body().at("/referredToBy/0").asString()).isEqualTo("alias holds-" + run);
    assertThat(dryAlias.body().path("possible").asBoolean()).isTrue();
    assertThat(noAlias.status()).isEqualTo(200);
    assertThat(trainer.get("/api/v1/aliases/holds-" + run).status()).isEqualTo(404);
    assertThat(dry.body().path("possible").asBoolean()).isTrue();
    assertThat(dry.body().at("/extent/checkpoints").asLong()).isEqualTo(2);
    assertThat(dry.body().at("/extent/metricPoints").asLong()).isEqualTo(2);
    assertThat(dry.body().path("bytes").asLong()).isEqualTo(34);
    assertThat(gone.status()).as(gone.body()::toString).isEqualTo(200);
    for (String below : List.of("", "/metrics?key=loss", "/logs", "/events")) {
      assertThat(trainer.get(path + below).status()).as(below).isEqualTo(404);
    }
    assertThat(trainer.delete(path).status()).isEqualTo(404);
    for (String checkpoint : List.of(aliased, last)) {
      Answer record = trainer.get("/api/v1/checkpoints/" + checkpoint);
      assertThat(record.text("state")).as("for lineage").isEqualTo("deleted");
      assertThat(record.text("runId")).isEqualTo(run);
    }
    await().untilAsserted(() -> assertThat(trainer.store().list("checkpoints/" + run)).isEmpty());
    assertThat(trainer.run(clone).path("clonedFrom").asString()).isEqualTo(run);
    assertThat(audit(run)).contains("training-run.delete");
    assertThat(alias("holds-" + run, aliased).status()).isEqualTo(400);
    cancel(clone);
  }

  @Test
  void tellsTheOthersWhatRefersToTheirs() {
    String run = trainer.startRun(TrainerFixture.spec(20, 10, ""));
    String path = "/internal/v1/references?kind=token-set&id=tiny";

    Answer answer = trainer.send("GET", path, null, trainer.serviceToken());
    cancel(run);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().path("referrers").valueStream().map(JsonNode::asString))
        .contains("training run " + run);
    assertThat(trainer.get(path).status()).isEqualTo(403);
  }

  @Test
  void anAliasKeepsItsHistoryAndIsNotMovedBlindly() throws IOException {
    String run = trainer.startRun(TrainerFixture.spec(60, 10, ""));
    awaitGroup(run, 1);
    long epoch = epoch(run, 1);
    beat(run, 1, epoch, 10);
    String first = commit(run, 1, epoch, 10, 4.0);
    String second = commit(run, 1, epoch, 20, 4.0);
    String name = "served-" + run;

    assertThat(alias(name, first).status()).isEqualTo(201);
    assertThat(alias(name, first).status()).isEqualTo(200); // nothing to do
    assertThat(aliasIf(name, second, "\"7\"").status()).isEqualTo(412);
    assertThat(aliasIf(name, second, "\"1\"").status()).isEqualTo(200);

    Answer alias = trainer.get("/api/v1/aliases/" + name);
    assertThat(alias.response().headers().firstValue("ETag")).contains("\"2\"");
    assertThat(alias.text("checkpointId")).isEqualTo(second);
    assertThat(alias.text("prefix")).isEqualTo("checkpoints/%s/a1/step-20".formatted(run));
    assertThat(alias.body().path("history").findValuesAsString("checkpointId"))
        .containsExactly(second, first);
    assertThat(alias(name, "no-such").status()).isEqualTo(400);
    assertThat(trainer.get("/api/v1/aliases/none").status()).isEqualTo(404);
    cancel(run);
  }

  private static void awaitGroup(String run, int attempt) {
    await().atMost(Duration.ofSeconds(15)).until(() -> cluster.has(run, attempt));
  }

  private static void awaitObserved(String run, String state) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(() -> assertThat(observed(run)).isEqualTo(state));
  }

  private static String observed(String run) {
    return trainer.run(run).path("observed").asString();
  }

  private static long epoch(String run, int attempt) {
    return worker(run, attempt, "GET", "assignment", null).body().path("epoch").asLong();
  }

  private static Answer worker(
      String run, int attempt, String method, String what, @Nullable String body) {
    return trainer.send(
        method,
        "/internal/v1/runs/%s/attempts/%d/%s".formatted(run, attempt, what),
        body,
        cluster.token(run, attempt));
  }

  private static Answer beat(String run, int attempt, long epoch, long step) {
    return beat(run, attempt, epoch, step, "null");
  }

  private static Answer beat(String run, int attempt, long epoch, long step, String device) {
    return worker(
        run,
        attempt,
        "POST",
        "heartbeat",
        "{\"epoch\": %d, \"rank\": 0, \"step\": %d, \"state\": \"training\", \"device\": %s}"
            .formatted(epoch, step, device));
  }

  private static void post204(String run, int attempt, String what, String body) {
    Answer answer = worker(run, attempt, "POST", what, body);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(204);
  }

  private static String point(String key, long step, double value) {
    return "{\"key\": \"%s\", \"step\": %d, \"value\": %s}".formatted(key, step, value);
  }

  private static void metrics(String run, int attempt, long epoch, String... points) {
    post204(
        run,
        attempt,
        "metrics",
        "{\"epoch\": %d, \"points\": [%s]}".formatted(epoch, String.join(",", points)));
  }

  private static void end(
      String run,
      int attempt,
      long epoch,
      String outcome,
      String reason,
      @Nullable String checkpoint) {
    post204(
        run,
        attempt,
        "end",
        "{\"epoch\": %d, \"outcome\": \"%s\", \"reason\": \"%s\", \"step\": 0%s}"
            .formatted(
                epoch,
                outcome,
                reason,
                checkpoint == null ? "" : ", \"finalCheckpoint\": \"" + checkpoint + "\""));
  }

  /** Puts the files of a checkpoint into the store, its manifest last. */
  private static Manifest store(String run, int attempt, long step) throws IOException {
    String prefix = "checkpoints/%s/a%d/step-%d".formatted(run, attempt, step);
    var weights = trainer.store().put(prefix + "/weights", bytes("weights of a step"));
    Manifest manifest =
        new Manifest(
            "tnl/checkpoint/1",
            List.of(Manifest.Entry.of(prefix, weights)),
            CanonicalJson.object().put("runId", run).put("step", step));
    manifest.commit(trainer.store(), prefix);
    return manifest;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String commit(String run, int attempt, long epoch, long step, double heldout)
      throws IOException {
    store(run, attempt, step);
    Answer answer = report(run, attempt, epoch, step, heldout);
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return answer.text("checkpointId");
  }

  private static Answer report(String run, int attempt, long epoch, long step, double heldout)
      throws IOException {
    String prefix = "checkpoints/%s/a%d/step-%d".formatted(run, attempt, step);
    return report(
        run, attempt, epoch, step, heldout, Manifest.read(trainer.store(), prefix).digest());
  }

  private static Answer report(
      String run, int attempt, long epoch, long step, double heldout, String digest) {
    return worker(
        run,
        attempt,
        "POST",
        "checkpoints",
        """
        {"epoch": %d, "step": %d, "prefix": "checkpoints/%s/a%d/step-%d",
         "manifestDigest": "%s", "bytes": 17, "loss": 4.0, "heldoutLoss": %s}
        """
            .formatted(epoch, step, run, attempt, step, digest, heldout));
  }

  private static Answer steer(String run, String verb) {
    return trainer.post("/api/v1/training-runs/%s/%s".formatted(run, verb), null);
  }

  /** Frees the run's place; the group goes at once, its worker being deaf. */
  private static void cancel(String run) {
    steer(run, "cancel");
  }

  private static Answer alias(String name, String checkpoint) {
    return trainer.send(
        "PUT",
        "/api/v1/aliases/" + name,
        "{\"checkpointId\": \"%s\"}".formatted(checkpoint),
        trainer.token(Role.OPERATOR));
  }

  private static Answer aliasIf(String name, String checkpoint, String version) {
    return trainer.send(
        "PUT",
        "/api/v1/aliases/" + name,
        "{\"checkpointId\": \"%s\"}".formatted(checkpoint),
        trainer.token(Role.OPERATOR),
        Map.of("If-Match", version));
  }

  /** States in the events about a run that were published or wait to be. */
  private static List<String> events(String topic, String run) {
    return Published.of(topic).stream()
        .filter(event -> event.path("runId").asString("").equals(run))
        .map(event -> event.path("state").asString())
        .toList();
  }

  private static List<String> audit(String run) {
    return Published.of("platform.audit.v1").stream()
        .filter(event -> event.path("resource").asString("").endsWith(run))
        .map(event -> event.path("action").asString())
        .toList();
  }

  /** Reads topics of the embedded broker from their beginning. */
  private static final class Published {
    static List<JsonNode> of(String topic) {
      return TopicReader.readAll(trainer.context().getEnvironment(), topic);
    }
  }
}
