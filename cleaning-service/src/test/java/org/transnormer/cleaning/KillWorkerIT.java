package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.cleaning.kit.Api;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.cleaning.kit.TestRecipes;
import org.transnormer.support.batch.PartitionResults;
import tools.jackson.databind.JsonNode;

/** A worker process dies in the middle of a partition; another does the partition again. */
@Tag("kill")
class KillWorkerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String RUNS = "/api/v1/cleaning-runs";

  @TempDir Path folder;

  @Test
  void anotherWorkerTakesOverAndTheSnapshotIsTheSame() throws Exception {
    try (Platform platform = new Platform(folder)) {
      platform.corpus("novels", 4, 80);
      ConfigurableApplicationContext manager = platform.start("manager", "manager");
      Api api = platform.api(manager);
      String victimLog = folder.resolve("victim.log").toString();
      // The second report of progress is in the middle of a shard.
      Process victim = spawn(platform, "victim", "cleaning.annotate.progress:halt:2", victimLog);

      String run = launch(api);

      assertThat(victim.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("the worker dies at its fail point, see " + victimLog)
          .isTrue();
      long died = System.nanoTime();
      Process heir = spawn(platform, "heir", "", folder.resolve("heir.log").toString());
      try {
        JsonNode done = Platform.awaitState(api, run, "succeeded", PATIENCE);
        Duration took = Duration.ofNanos(System.nanoTime() - died);
        assertThat(attempts(manager, done)).as("one partition was tried twice").contains(2);

        String again = launch(api);
        JsonNode undisturbed = Platform.awaitState(api, again, "succeeded", PATIENCE);
        assertThat(done.required("snapshotId")).isEqualTo(undisturbed.required("snapshotId"));
        assertThat(done.required("drops")).isEqualTo(undisturbed.required("drops"));
        assertThat(took).isLessThan(PATIENCE);
      } finally {
        heir.destroyForcibly();
        await().atMost(Platform.SOON).until(() -> !heir.isAlive());
      }
    }
  }

  private static String launch(Api api) {
    Map<String, Object> overrides = TestRecipes.withoutRounds();
    JsonNode run =
        api.launch(RUNS, Map.of("corpusId", "novels", "recipe", "demo", "overrides", overrides))
            .body();
    return RUNS + "/" + run.required("id").asString();
  }

  private static List<Integer> attempts(ConfigurableApplicationContext process, JsonNode run) {
    String job = run.required("jobId").asString();
    long execution = Long.parseLong(job.substring(job.indexOf('-') + 1));
    return process.getBean(PartitionResults.class).of(execution, "annotate").stream()
        .map(partition -> partition.attempts())
        .toList();
  }

  private static Process spawn(Platform platform, String name, String failPoints, String log)
      throws IOException {
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
        .redirectOutput(Path.of(log).toFile())
        .start();
  }
}
