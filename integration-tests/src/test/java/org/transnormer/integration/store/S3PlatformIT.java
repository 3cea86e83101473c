package org.transnormer.integration.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.s3.Faults;
import org.transnormer.artifacts.s3.Faults.Fault;
import org.transnormer.artifacts.s3.S3Server;
import org.transnormer.integration.PlatformProcess;
import org.transnormer.integration.journey.CleanUp;
import org.transnormer.integration.journey.Door;
import org.transnormer.integration.journey.Journey;
import org.transnormer.integration.journey.Prose;
import tools.jackson.databind.JsonNode;

/**
 * Every service and the training worker on an S3-compatible store that is reached over a bad way:
 * one request in seven goes wrong, each time in another manner.
 */
class S3PlatformIT {

  private static final int DOCUMENTS = 200;
  private static final int STEPS = 40;
  private static final int ONE_IN = 7;
  private static final Fault[] TROUBLES = {
    Fault.UNAVAILABLE, Fault.LOST_REQUEST, Fault.LOST_ANSWER, Fault.CUT_ANSWER
  };

  @TempDir Path folder;

  @Test
  void goesTheWholeWayOverABadConnection() throws Exception {
    Files.writeString(
        Files.createDirectory(folder.resolve("prose")).resolve("documents.jsonl"),
        Prose.documents(DOCUMENTS));
    try (S3Server server = S3Server.start();
        Faults way = Faults.before(server.endpoint());
        PlatformProcess platform = start(way)) {
      way.plan(trouble());
      Door door = door(platform);
      Journey journey = new Journey(door);

      JsonNode tokens = journey.tokens(folder.resolve("prose").toUri().toString(), DOCUMENTS);
      JsonNode run = journey.trained(journey.train(tokens, STEPS, STEPS / 2));
      String answer = journey.answer(run.path("finalCheckpointId").asString(), "The old captain");

      assertThat(answer).isNotBlank();
      assertThat(run.path("attempts").size()).isEqualTo(1);
      assertThat(way.injected()).isGreaterThan(20);
      assertThat(keys(server))
          .anyMatch(key -> key.matches("tnl/corpora/.*"))
          .anyMatch(key -> key.matches("tnl/checkpoints/.*/model\\.safetensors"));
      assertThat(platform.data().resolve("store")).doesNotExist();
      assertThat(untraced(door)).isEmpty();

      new CleanUp(door).everything();

      await()
          .atMost(Duration.ofMinutes(1))
          .untilAsserted(() -> assertThat(keys(server)).as("what is left").isEmpty());
    }
  }

  private PlatformProcess start(Faults way) {
    return PlatformProcess.start(
        folder.resolve("data"),
        environment(way),
        "up",
        "--store",
        "s3://" + S3Server.BUCKET + "/tnl",
        "--root",
        folder.resolve("prose").toString());
  }

  /** What is removed is deleted from the store at once. */
  private static Map<String, String> environment(Faults way) {
    Map<String, String> environment = new HashMap<>(S3Server.environment(way.endpoint()));
    environment.put("TNL_RETENTION_KEEP", "0s");
    environment.put("TNL_RETENTION_SWEEP", "1s");
    return environment;
  }

  /** Steps from an answer back to its source that cannot be told. */
  private static List<JsonNode> untraced(Door door) {
    String answer =
        door.post("/v1/completions", Map.of("model", "prose", "prompt", "The", "max_tokens", 4))
            .path("id")
            .asString();
    JsonNode lineage = door.get("/api/v1/lineage/answers/" + answer);
    assertThat(lineage.path("documents")).isNotEmpty();
    return lineage
        .path("trail")
        .valueStream()
        .filter(step -> !step.path("missing").asString("").isEmpty())
        .toList();
  }

  private static Door door(PlatformProcess platform) throws Exception {
    var address = platform.door();
    return new Door(() -> address, platform.adminKey());
  }

  private static Faults.Plan trouble() {
    AtomicInteger requests = new AtomicInteger();
    return (method, uri) -> {
      int number = requests.incrementAndGet();
      return number % ONE_IN == 0 ? TROUBLES[number / ONE_IN % TROUBLES.length] : Fault.NONE;
    };
  }

  private static Stream<String> keys(S3Server server) {
    return server.blobs().list(S3Server.BUCKET, ListContainerOptions.Builder.recursive()).stream()
        .map(StorageMetadata::getName);
  }
}
