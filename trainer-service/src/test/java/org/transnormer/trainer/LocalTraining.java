package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.trainer.TrainerFixture.Answer;
import tools.jackson.databind.JsonNode;

/** Real workers in child processes of the test, and what the tests do to them. */
final class LocalTraining {

  private static final Duration LONG = Duration.ofSeconds(120);

  private final TrainerFixture trainer;

  LocalTraining(TrainerFixture trainer) {
    this.trainer = trainer;
  }

  JsonNode awaitState(String run, String state) {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> {
              JsonNode now = trainer.run(run);
              assertThat(now.path("observed").asString()).as(now::toPrettyString).isEqualTo(state);
            });
    return trainer.run(run);
  }

  void awaitCheckpoints(String run, int count) {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> trainer.run(run).path("checkpoints").asInt() >= count);
  }

  /** Ends every worker process as the kernel does when memory is short. */
  void killWorkers() {
    List<ProcessHandle> workers = workers();
    assertThat(workers).isNotEmpty();
    workers.forEach(ProcessHandle::destroyForcibly);
  }

  static List<ProcessHandle> workers() {
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(
            child ->
                child.info().arguments().stream()
                    .flatMap(java.util.Arrays::stream)
                    .anyMatch(argument -> argument.endsWith("TrainerWorker")))
        .toList();
  }

  /** Digest of each file of weights, optimiser state and tokenizer of a run's final checkpoint. */
  Map<String, String> finalDigests(String run) throws IOException {
    String id = trainer.run(run).path("finalCheckpointId").asString();
    Answer checkpoint = trainer.get("/api/v1/checkpoints/" + id);
    Map<String, String> digests = new TreeMap<>();
    for (Manifest.Entry entry :
        Manifest.read(trainer.store(), checkpoint.text("prefix")).objects()) {
      if (!entry.name().equals("training-state.json")) {
        digests.put(entry.name(), entry.sha256());
      }
    }
    assertThat(digests).containsKeys("model.safetensors", "optimizer.safetensors");
    return digests;
  }
}
