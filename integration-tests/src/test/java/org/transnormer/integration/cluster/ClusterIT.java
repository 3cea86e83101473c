package org.transnormer.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.TestWatcher;
import org.transnormer.integration.cluster.ClusterIT.Findings;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The chart on the cluster of {@code KUBECONFIG}, where the images of {@code ./tnl images} are: it
 * is installed into a namespace of its own, asked and driven through its door alone, and removed.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Findings.class)
class ClusterIT {

  private static final int DOCUMENTS = 300;
  private static final int STEPS = 1500;
  private static final int KILLED_AFTER = 60;
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration GLANCE = Duration.ofSeconds(1);
  private static final String TRAINING = "app.kubernetes.io/managed-by=tnl-trainer";

  private @Nullable Installation installation;
  private @Nullable Door door;

  /** Tells on a failure what the cluster says. */
  static final class Findings implements TestWatcher {
    @Override
    public void testFailed(
        org.junit.jupiter.api.extension.ExtensionContext context, @Nullable Throwable cause) {
      Installation installation = ((ClusterIT) context.getRequiredTestInstance()).installation;
      if (installation != null) {
        System.out.println(installation.findings());
      }
    }
  }

  @BeforeAll
  void install() {
    Installation made = Installation.in("tnl-test-" + UUID.randomUUID().toString().substring(0, 8));
    installation = made;
    long started = System.nanoTime();
    made.create(configMap("prose", Map.of("documents.jsonl", bytes(Prose.documents(DOCUMENTS)))));
    made.create(configMap("knock", Map.of("Knock.class", knock())));
    try {
      made.install(
          "--set-json",
          """
          corpora.roots=[{"name":"prose","path":"/corpora/prose","volume":{"configMap":{"name":"prose"}}}]\
          """);
    } catch (AssertionError e) {
      System.out.println(made.findings());
      throw e;
    }
    System.out.printf(
        "every pod is ready after %d s%n",
        Duration.ofNanos(System.nanoTime() - started).toSeconds());
    door = new Door(made::door, made.key());
  }

  @AfterAll
  void remove() {
    if (installation != null) {
      installation.close();
    }
  }

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
  void trainsInAPodOfItsOwnThroughTheLossOfTrainerAndPod() {
    JsonNode tokens = tokens();

    String run = door().launch("/api/v1/training-runs", trainingRun(tokens)).path("id").asString();
    await().atMost(PATIENCE).pollInterval(GLANCE).until(() -> step(run) >= KILLED_AFTER);
    assertThat(
            installed()
                .kubectl(
                    "get", "jobs", "-l", TRAINING, "-o=jsonpath={.items[0].spec.completionMode}"))
        .isEqualTo("Indexed");
    installed().kubectl("delete", "pods", "-l", "app.kubernetes.io/component=trainer");
    installed().kubectl("delete", "pods", "-l", TRAINING);

    JsonNode ended = succeeded("/api/v1/training-runs/" + run);
    assertThat(ended.path("attempts").size()).isGreaterThan(1);
    assertThat(ended.path("attempts").path(1).path("startStep").asInt()).isPositive();
    assertThat(ended.path("latest").path("step").asInt()).isEqualTo(STEPS);
    assertThat(ended.path("latest").path("loss").asDouble())
        .isLessThan(ended.path("first").path("loss").asDouble());
    JsonNode checkpoint =
        door().get("/api/v1/checkpoints/" + ended.path("finalCheckpointId").asString());
    assertThat(checkpoint.path("runId").asString()).isEqualTo(run);
    assertThat(checkpoint.path("step").asInt()).isEqualTo(STEPS);
    assertThat(checkpoint.path("state").asString()).isEqualTo("committed");
  }

  /** From a file of documents to token shards. */
  private JsonNode tokens() {
    String corpus = door().post("/api/v1/corpora", Map.of("name", "prose")).path("id").asString();
    String corpusPath = "/api/v1/corpora/" + corpus;
    door()
        .post(
            corpusPath + "/sources",
            Map.of(
                "name", "prose",
                "uri", "file:///corpora/prose",
                "format", "jsonl",
                "licence", "CC0-1.0"));
    JsonNode ingested = launched(corpusPath + "/ingestions", Map.of());
    assertThat(ingested.path("counts").path("documents").asInt()).isEqualTo(DOCUMENTS);
    JsonNode cleaned =
        launched("/api/v1/cleaning-runs", Map.of("corpusId", corpus, "recipe", "demo-fast"));
    String snapshot = cleaned.path("snapshotId").asString();
    JsonNode tokenizer =
        launched("/api/v1/tokenizers", Map.of("snapshotId", snapshot, "vocabSize", 512));
    return launched(
        "/api/v1/token-sets",
        Map.of("snapshotId", snapshot, "tokenizerId", tokenizer.path("id").asString()));
  }

  private static Map<String, Object> trainingRun(JsonNode tokens) {
    return Map.of(
        "name", "cluster",
        "purpose", "model",
        "spec",
            Map.of(
                "family", "tnl",
                "task", "causal-lm",
                "model",
                    Map.of("preset", "demo-fast", "vocabSize", tokens.path("vocabSize").asInt()),
                "data", Map.of("tokenSetPrefix", tokens.path("prefix").asString()),
                "optimizer", Map.of("learningRate", 3e-3, "warmupSteps", 5),
                "batch", Map.of("sequences", 4, "sequenceLength", 128),
                "steps", STEPS,
                "seed", 1,
                "checkpoints", Map.of("everySteps", 20, "keep", 2)));
  }

  private JsonNode launched(String path, Object body) {
    return succeeded(path + "/" + door().launch(path, body).path("id").asString());
  }

  private JsonNode succeeded(String path) {
    return await()
        .atMost(PATIENCE)
        .pollInterval(GLANCE)
        .until(
            () -> {
              JsonNode seen = door().get(path);
              String state = state(seen);
              if (state.equals("failed") || state.equals("stopped") || state.equals("cancelled")) {
                throw new AssertionError(path + ": " + seen.toPrettyString());
              }
              return seen;
            },
            seen -> state(seen).equals("succeeded"));
  }

  private static String state(JsonNode resource) {
    return resource.path("status").path("state").asString("");
  }

  private int step(String run) {
    JsonNode seen = door().get("/api/v1/training-runs/" + run);
    assertThat(state(seen)).isNotIn("failed", "succeeded", "cancelled");
    return seen.path("latest").path("step").asInt(0);
  }

  /** Runs {@link Knock} in a pod with the labels and returns what it found. */
  private String knockFrom(String name, Map<String, String> labels) {
    installed().create(pod(name, labels));
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

  private String pod(String name, Map<String, String> labels) {
    String image =
        installed()
            .kubectl(
                "get",
                "deployment",
                "tnl-door",
                "-o=jsonpath={.spec.template.spec.containers[0].image}");
    return """
    apiVersion: v1
    kind: Pod
    metadata: {name: %s, labels: %s}
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: knock
          image: %s
          imagePullPolicy: IfNotPresent
          args: [-cp, /knock, %s, "tnl-door:80", "tnl-postgres:5432", "tnl-kafka:9092",
                 "tnl-corpus:8081", "tnl-cleaning:8082", "tnl-trainer:8083", "tnl-inference:8084"]
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
          volumeMounts: [{name: knock, mountPath: /knock}]
      volumes:
        - name: knock
          configMap: {name: knock, items: [{key: Knock.class, path: %s.class}]}
    """
        .formatted(
            name,
            JsonMapper.shared().writeValueAsString(labels),
            image,
            Knock.class.getName(),
            Knock.class.getName().replace('.', '/'));
  }

  private static String configMap(String name, Map<String, byte[]> files) {
    Map<String, String> data = new java.util.TreeMap<>();
    files.forEach((file, content) -> data.put(file, Base64.getEncoder().encodeToString(content)));
    return JsonMapper.shared()
        .writeValueAsString(
            Map.of(
                "apiVersion",
                "v1",
                "kind",
                "ConfigMap",
                "metadata",
                Map.of("name", name),
                "binaryData",
                data));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] knock() {
    try (InputStream compiled =
        Objects.requireNonNull(Knock.class.getResourceAsStream("Knock.class"))) {
      return compiled.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Installation installed() {
    return Objects.requireNonNull(installation);
  }

  private Door door() {
    return Objects.requireNonNull(door);
  }
}
