package org.transnormer.integration.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.integration.PlatformProcess;
import org.transnormer.integration.Tools;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way on a small sample, as a person sees it, and what is left of it afterwards. */
@Tag("soak") // until it has been seen to pass
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoFlowIT {

  private static final Duration PATIENCE = Duration.ofMinutes(8);

  @TempDir private static Path folder;
  private Path data = Path.of(".");
  private String told = "";

  @BeforeAll
  void runTheDemo() throws Exception {
    data = folder.resolve("undisturbed");
    try (PlatformProcess demo = PlatformProcess.start(data, "demo", "--fast", "--no-stay")) {
      int status = demo.awaitExit(PATIENCE);
      told = demo.output();
      assertThat(status).as(told).isZero();
    }
  }

  @Test
  void tellsWhatWasMeasured() {
    assertThat(told)
        .contains("documents in", "duplicate clusters", "held-out loss", "tokens/s")
        .contains("The way back from answer cmpl-")
        .doesNotContain("NaN");
  }

  @Test
  void resumesAtOnceWithoutDoingAnythingAgain() throws Exception {
    Map<String, String> before = launched(data);

    try (PlatformProcess demo = PlatformProcess.start(data, "demo", "--fast", "--no-stay")) {
      assertThat(demo.awaitExit(PATIENCE)).as(demo.output()).isZero();
    }

    assertThat(launched(data)).isEqualTo(before);
  }

  @Test
  void endsWithTheSameDigestsAfterAKill() throws Exception {
    Path killed = folder.resolve("killed");
    try (PlatformProcess demo = PlatformProcess.start(killed, "demo", "--fast", "--no-stay")) {
      demo.awaitOutput("✔ ingest", PATIENCE);
      Thread.sleep(4_000); // somewhere in the middle of cleaning
      demo.kill();
    }

    try (PlatformProcess demo = PlatformProcess.start(killed, "demo", "--fast", "--no-stay")) {
      assertThat(demo.awaitExit(PATIENCE)).as(demo.output()).isZero();
    }

    Map<String, String> expected = launched(data);
    assertThat(launched(killed))
        .containsEntry("snapshot", expected.get("snapshot"))
        .containsEntry("tokenizer", expected.get("tokenizer"));
  }

  @Test
  void streamsToCurlAndToTheOfficialClient() throws Exception {
    try (PlatformProcess platform = PlatformProcess.start(data, "up")) {
      URI door = platform.door();
      String key = platform.adminKey();
      awaitModel(door, key);

      var response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(door.resolve("/v1/completions"))
                      .header("Authorization", "Bearer " + key)
                      .header("Content-Type", "application/json")
                      .POST(
                          HttpRequest.BodyPublishers.ofString(
                              """
                              {"model": "demo-fast", "prompt": "The President", "max_tokens": 16,
                               "seed": 1, "stream": true}
                              """))
                      .build(),
                  BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).startsWith("data: {").endsWith("data: [DONE]\n\n");
      Tools.python()
          .ifPresent(python ->
              Tools.run(
                  python,
                  Path.of("src", "test", "python", "official_client.py"),
                  Map.of(
                      "OPENAI_BASE_URL", door.resolve("/v1").toString(), "OPENAI_API_KEY", key)));
    }
  }

  private static void awaitModel(URI door, String key) throws Exception {
    HttpClient client = HttpClient.newHttpClient();
    for (int i = 0; i < 120; i++) {
      var models =
          client.send(
              HttpRequest.newBuilder(door.resolve("/v1/models"))
                  .header("Authorization", "Bearer " + key)
                  .build(),
              BodyHandlers.ofString());
      JsonNode body = JsonMapper.shared().readTree(models.body());
      if (body.path("data").size() > 0) {
        return;
      }
      Thread.sleep(500);
    }
    throw new AssertionError("no model is served");
  }

  private static Map<String, String> launched(Path data) throws Exception {
    return JsonMapper.shared()
        .readValue(
            Files.readString(data.resolve("demo-fast.json")),
            new TypeReference<Map<String, String>>() {});
  }
}
