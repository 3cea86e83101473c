package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.trainer.TrainerFixture.Answer;
import tools.jackson.databind.JsonNode;

/** Real workers in child processes of the test, and what the tests do to them. */
final class LocalTraining {

  static final Duration LONG = Duration.ofSeconds(120);

  private final TrainerFixture trainer;

  LocalTraining(TrainerFixture trainer) {
    this.trainer = trainer;
  }

  JsonNode awaitState(String run, String state) {
    await()
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> {
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

  /**
   * The workers that are alive, by the marks that the launcher leaves in their folders. (Their
   * command lines are too long for the JDK to show them.)
   */
  List<ProcessHandle> workers() {
    Set<String> marked = new HashSet<>();
    try {
      Files.walkFileTree(
          trainer.workersFolder(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              if (file.getFileName().toString().equals("process")) {
                marked.addAll(Files.readAllLines(file).stream().limit(1).toList());
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE; // the launcher tidies up meanwhile
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ProcessHandle.current()
        .children()
        .filter(ProcessHandle::isAlive)
        .filter(child -> marked.contains(Long.toString(child.pid())))
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
