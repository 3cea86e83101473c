package org.transnormer.integration.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.transnormer.integration.DemoPlatform;
import org.transnormer.integration.Tools;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole way on a small sample, as a person sees it, and what a program can do afterwards. */
class DemoFlowIT {

  @SuppressWarnings("NullAway.Init")
  private static DemoPlatform platform;

  @BeforeAll
  static void runTheDemo() {
    platform = DemoPlatform.get();
  }

  @Test
  void tellsWhatWasMeasured() {
    assertThat(platform.output())
        .contains("documents in", "duplicate clusters", "held-out loss", "tokens/s")
        .contains("The way back from answer cmpl-")
        .doesNotContain("NaN", "not found");
  }

  @Test
  void madeEachThingOnce() throws Exception {
    Map<String, String> outputs = Outputs.of(platform.door(), platform.adminKey(), platform.data());

    assertThat(outputs)
        .containsKeys(
            "model model.safetensors",
            "model optimizer.safetensors",
            "evaluation model model.safetensors",
            "token set digest",
            "cleaning snapshotId")
        .containsEntry("model state", "\"succeeded\"")
        .containsEntry("sources", "4");
  }

  @Test
  void streamsAnAnswerAndLeadsItBackToDocuments() throws Exception {
    HttpResponse<String> answer =
        send(
            "POST",
            "/v1/completions",
            """
            {"model": "demo-fast", "prompt": "The President", "max_tokens": 16, "seed": 1,
             "stream": true}
            """);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).get().asString().contains("event-st");
    assertThat(answer.body()).startsWith("data: {").endsWith("data: [DONE]\n\n");
    String first = answer.body().lines().findFirst().orElseThrow().substring("data: ".length());
    String id = JsonMapper.shared().readTree(first).path("id").asString();
    HttpResponse<String> lineage = send("GET", "/api/v1/lineage/answers/" + id, "");
    assertThat(lineage.statusCode()).as(lineage.body()).isEqualTo(200);
    JsonNode trail = JsonMapper.shared().readTree(lineage.body());
    assertThat(trail.path("trail").valueStream().map(each -> each.path("kind").asString()))
        .contains("answer", "checkpoint", "training-run", "snapshot", "cleaning-run", "source");
    assertThat(trail.path("documents").size()).isPositive();
  }

  @Test
  void servesTheOfficialClient() {
    Path python = Tools.python().orElse(null);
    Assumptions.assumeTrue(python != null, Tools.NO_PYTHON);

    Tools.run(
        java.util.Objects.requireNonNull(python),
        Path.of("src", "test", "python", "official_client.py"),
        Map.of(
            "OPENAI_BASE_URL",
            platform.door().resolve("/v1").toString(),
            "OPENAI_API_KEY",
            platform.adminKey()));
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(platform.door().resolve(path))
              .header("Authorization", "Bearer " + platform.adminKey())
              .header("Content-Type", "application/json")
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body))
              .build(),
          BodyHandlers.ofString());
    }
  }
}
