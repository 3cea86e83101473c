package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.cleaning.kit.Api;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.cleaning.kit.TestRecipes;
import org.transnormer.support.batch.Partition;
import org.transnormer.support.batch.PartitionResults;
import tools.jackson.databind.JsonNode;

/** A worker process is killed in the middle of a partition; another does the partition again. */
class KillWorkerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String RUNS = "/api/v1/cleaning-runs";
  private static final int SHARDS = 3;
  private static final int DOCUMENTS = 60;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init")
  private static Platform platform;

  @SuppressWarnings("NullAway.Init")
  private static ConfigurableApplicationContext manager;

  @SuppressWarnings("NullAway.Init")
  private static JsonNode undisturbed;

  @BeforeAll
  static void cleanUndisturbed() throws Exception {
    platform = new Platform(folder);
    platform.corpus("novels", SHARDS, DOCUMENTS);
    manager = platform.start("manager", "manager");
    Api api = platform.api(manager);
    String run = launch(api);
    Process worker = spawn("undisturbed", "");
    try {
      undisturbed = Platform.awaitState(api, run, "succeeded", PATIENCE);
    } finally {
      end(worker);
    }
  }

  @AfterAll
  static void close() {
    platform.close();
  }

  @Test
  void anotherWorkerTakesOverAndTheSnapshotIsTheSame() throws Exception {
    killedOnce("once");
  }

  @Tag("kill")
  @RepeatedTest(10)
  void anotherWorkerTakesOverAgainAndAgain(RepetitionInfo repetition) throws Exception {
    killedOnce("repetition-" + repetition.getCurrentRepetition());
  }

  private static void killedOnce(String name) throws Exception {
    Api api = platform.api(manager); // its token lives for five minutes only
    Path go = folder.resolve(name + ".go");
    Path reached = folder.resolve(name + ".go.reached");
    String run = launch(api);
    // The second report of progress is in the middle of a shard.
    Process victim = spawn(name + "-victim", "cleaning.annotate.progress:until-" + go + ":2");
    try {
      await()
          .atMost(PATIENCE)
          .until(() -> {
            assertThat(victim.isAlive()).as("see the victim's log in " + folder).isTrue();
            return Files.exists(reached);
          });
    } finally {
      end(victim);
    }
    assertThat(victim.exitValue()).as("killed by signal 9").isEqualTo(128 + 9);
    Process heir = spawn(name + "-heir", "");
    try {
      JsonNode done = Platform.awaitState(api, run, "succeeded", PATIENCE);

      List<Partition> partitions = annotated(done);
      assertThat(partitions).hasSize(SHARDS);
      assertThat(partitions.stream().map(Partition::attempts))
          .as("one partition was begun twice")
          .contains(2);
      for (String same : List.of("snapshotId", "drops", "duplicates")) {
        assertThat(done.required(same)).as(same).isEqualTo(undisturbed.required(same));
      }
      assertThat(tallies(done)).isEqualTo(tallies(undisturbed)).isNotEmpty();
      assertThat(sidecars(done)).isEqualTo(sidecars(undisturbed)).isNotEmpty();
    } finally {
      end(heir);
    }
  }

  private static void end(Process process) {
    process.destroyForcibly();
    await().atMost(Platform.SOON).until(() -> !process.isAlive());
  }

  private static String launch(Api api) {
    Map<String, Object> overrides = TestRecipes.withoutRounds();
    JsonNode run =
        api.launch(RUNS, Map.of("corpusId", "novels", "recipe", "demo", "overrides", overrides))
            .body();
    return RUNS + "/" + run.required("id").asString();
  }

  private static List<Partition> annotated(JsonNode run) {
    String job = run.required("jobId").asString();
    long execution = Long.parseLong(job.substring(job.indexOf('-') + 1));
    return manager.getBean(PartitionResults.class).of(execution, "annotate");
  }

  private static List<String> tallies(JsonNode run) {
    return run.required("stages")
        .valueStream()
        .map(stage ->
            "%s: %d in, %d kept, %d dropped, %d failed"
                .formatted(
                    stage.required("name").asString(),
                    stage.path("in").asLong(),
                    stage.path("kept").asLong(),
                    stage.path("dropped").asLong(),
                    stage.path("failed").asLong()))
        .toList();
  }

  /** Digest of everything that the run has left beside the shards, by name. */
  private static Map<String, String> sidecars(JsonNode run) throws IOException {
    Path root = folder.resolve("store").resolve("sidecars").resolve(run.required("id").asString());
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(root.relativize(file).toString(), Digests.sha256(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  /** Another process of the service, a worker only. */
  private static Process spawn(String name, String failPoints) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dtnl.failpoints=" + failPoints,
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            CleaningServiceApplication.class.getName()));
    platform
        .properties(name, "worker")
        .forEach((key, value) -> command.add("--" + key + "=" + value));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }
}
