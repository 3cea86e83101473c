package org.transnormer.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** With the small values: everything in the cluster, artefacts on one claim. */
class ClusterIT extends OnCluster {

  private static final int STEPS = 1500;
  private static final int KILLED_AFTER = 60;
  private static final int RANKS = 3;

  @Test
  void passesTheStrictLintAndItsOwnTest() {
    assertThat(installed().lint()).contains("0 chart(s) failed");
    assertThat(installed().test()).contains("Succeeded");
  }

  @Test
  void letsStrangersInByTheDoorOnly() {
    assertThat(knockFrom("stranger", Map.of("app", "stranger")))
        .contains("tnl-door:80 open")
        .contains("tnl-postgres:5432 closed")
        .contains("tnl-kafka:9092 closed")
        .contains("tnl-corpus:8081 closed")
        .contains("tnl-cleaning:8082 closed")
        .contains("tnl-trainer:8083 closed")
        .contains("tnl-inference:8084 closed");
  }

  @Test
  void letsTrainingPodsReachTheTrainerOnly() {
    assertThat(
            knockFrom(
                "trainee",
                Map.of(
                    "app.kubernetes.io/instance",
                    Installation.RELEASE,
                    "app.kubernetes.io/managed-by",
                    "tnl-trainer")))
        .contains("tnl-trainer:8083 open")
        .contains("tnl-door:80 closed")
        .contains("tnl-postgres:5432 closed")
        .contains("tnl-kafka:9092 closed")
        .contains("tnl-corpus:8081 closed");
  }

  @Test
  void givesTheTrainerWhatItNeedsAndNobodyElseAnything() {
    assertThat(installed().may("trainer", "create", "jobs.batch")).isTrue();
    assertThat(installed().may("trainer", "create", "secrets")).isTrue();
    assertThat(installed().may("trainer", "get", "secrets")).isFalse();
    assertThat(installed().may("trainer", "create", "pods")).isFalse();
    assertThat(installed().may("training", "get", "pods")).isFalse();
    assertThat(installed().may("service", "get", "secrets")).isFalse();
  }

  @Test
  void letsTheRanksOfAGroupMeet() throws IOException {
    try (RankGroup group = RankGroup.start(installed(), RANKS)) {
      await().atMost(PATIENCE).pollInterval(GLANCE).until(group::hasEnded);

      assertThat(group.said()).hasSize(RANKS).allMatch(line -> line.contains("all met after"));
    }
  }

  @Test
  void showsItsMetricsToAViewerAndKeepsItsSecretsOverAnUpgrade() throws Exception {
    String key = installed().key();
    JsonNode viewer = door().post("/api/v1/keys", Map.of("name", "prometheus", "role", "viewer"));
    installed()
        .create(Manifests.secret("prometheus", Map.of("key", viewer.path("key").asString())));
    try (ServiceMonitors _ = ServiceMonitors.known(installed())) {
      installed()
          .upgrade(
              "--reuse-values",
              "--set",
              "serviceMonitor.enabled=true,serviceMonitor.existingSecret=prometheus");

      assertThat(
              installed()
                  .kubectl("get", "servicemonitor", "tnl", "-o=jsonpath={.spec.endpoints[0].path}"))
          .isEqualTo("/actuator/prometheus");
      assertThat(scraped(viewer.path("key").asString())).contains("jvm_memory_used_bytes");
      assertThat(installed().key()).isEqualTo(key);
    }
  }

  private String scraped(String key) throws IOException, InterruptedException {
    URI metrics = installed().door().resolve("/actuator/prometheus");
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(metrics).header("Authorization", "Bearer " + key).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      return answer.body();
    }
  }

  @Test
  void trainsInAPodOfItsOwnThroughTheLossOfTrainerAndPod() {
    JsonNode tokens = journey().tokens("file:///corpora/prose", DOCUMENTS);

    String run = journey().train(tokens, STEPS, 20);
    journey().awaitStep(run, KILLED_AFTER);
    assertThat(
            installed()
                .kubectl(
                    "get", "jobs", "-l", TRAINING, "-o=jsonpath={.items[0].spec.completionMode}"))
        .isEqualTo("Indexed");
    installed().kubectl("delete", "pods", "-l", "app.kubernetes.io/component=trainer");
    installed().kubectl("delete", "pods", "-l", TRAINING);

    JsonNode ended = journey().trained(run);
    assertThat(ended.path("attempts").size()).isGreaterThan(1);
    assertThat(ended.path("attempts").path(1).path("startStep").asInt()).isPositive();
    assertThat(ended.path("latest").path("step").asInt()).isEqualTo(STEPS);
    assertThat(ended.path("latest").path("loss").asDouble())
        .isLessThan(ended.path("first").path("loss").asDouble());
    String id = ended.path("finalCheckpointId").asString();
    JsonNode checkpoint = door().get("/api/v1/checkpoints/" + id);
    assertThat(checkpoint.path("runId").asString()).isEqualTo(run);
    assertThat(checkpoint.path("step").asInt()).isEqualTo(STEPS);
    assertThat(checkpoint.path("state").asString()).isEqualTo("committed");
    assertThat(journey().answer(id, "The old captain")).isNotBlank();
  }

  /** Runs {@link Knock} in a pod with the labels and returns what it found. */
  private String knockFrom(String name, Map<String, String> labels) {
    installed()
        .create(
            Manifests.javaPod(
                name,
                labels,
                installed().image(),
                Knock.class,
                "tnl-door:80",
                "tnl-postgres:5432",
                "tnl-kafka:9092",
                "tnl-corpus:8081",
                "tnl-cleaning:8082",
                "tnl-trainer:8083",
                "tnl-inference:8084"));
    await()
        .atMost(PATIENCE)
        .pollInterval(GLANCE)
        .until(
            () -> installed().kubectl("get", "pod", name, "-o=jsonpath={.status.phase}"),
            phase -> phase.equals("Succeeded") || phase.equals("Failed"));
    String found = installed().kubectl("logs", name);
    installed().kubectl("delete", "pod", name);
    return found;
  }
}
