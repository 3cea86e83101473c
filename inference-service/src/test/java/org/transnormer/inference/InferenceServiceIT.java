package org.transnormer.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InferenceServiceIT {

  private static final Duration SOON = Duration.ofSeconds(40);
  private static final Map<String, String> CHECKPOINTS = new ConcurrentHashMap<>();

  @TempDir private static Path folder;
  private static volatile String aliasTarget = "first";
  private static HttpServer trainer;
  private static ConfigurableApplicationContext service;
  private static String token = "";
  private static URI base = URI.create("http://localhost");
  private static ObjectStore store;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void start() throws Exception {
    store =
        ObjectStore.open(
            new StoreConfig(
                folder.resolve("store").toUri(), Optional.empty(), folder.resolve("cache")));
    checkpoint("first", 1);
    checkpoint("second", 2);
    trainer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    trainer.createContext("/api/v1/aliases/live", exchange -> answer(exchange, alias()));
    trainer.createContext(
        "/api/v1/checkpoints/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          String id = path.substring(path.lastIndexOf('/') + 1);
          answer(exchange, CHECKPOINTS.getOrDefault(id, "{}"));
        });
    trainer.start();
    IdentityKeys keys =
        IdentityKeys.generate(folder.resolve("keys"), "door", "inference", "trainer");
    token = keys.issuer("door").issue("alice", Role.OPERATOR, "Alice");
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.putAll(TestInfra.freshProperties());
    properties.putAll(keys.properties("inference"));
    properties.put("server.port", "0");
    properties.put("tnl.store.uri", folder.resolve("store").toUri().toString());
    properties.put("tnl.scratch", folder.resolve("scratch").toString());
    properties.put("tnl.services.trainer", "http://localhost:" + trainer.getAddress().getPort());
    properties.put("tnl.serving.threads", "1");
    properties.put("tnl.serving.queued-sequences", "4");
    properties.put("tnl.serving.reconcile-every", "300ms");
    String[] arguments =
        properties.entrySet().stream()
            .map(property -> "--" + property.getKey() + "=" + property.getValue())
            .toArray(String[]::new);
    service = InferenceServiceApplication.application().run(arguments);
    base =
        URI.create(
            "http://localhost:"
                + service.getEnvironment().getRequiredProperty("local.server.port"));
  }

  @AfterAll
  static void stop() {
    service.close();
    trainer.stop(0);
  }

  @BeforeEach
  void deploy() throws Exception {
    aliasTarget = "first";
    assertThat(
            send("PUT", "/api/v1/deployments/tiny", "{\"alias\": \"live\", \"slots\": 8}")
                .statusCode())
        .isEqualTo(202);
    awaitServes("first");
  }

  @Test
  void streamsWhatItAlsoAnswersWhole() throws Exception {
    String body =
        "{\"model\": \"tiny\", \"prompt\": \"the sea\", \"max_tokens\": 20, \"seed\": 4%s}";
    JsonNode whole = json(send("POST", "/v1/completions", body.formatted("")));

    HttpResponse<String> streamed =
        send("POST", "/v1/completions", body.formatted(", \"stream\": true"));

    assertThat(streamed.headers().firstValue("content-type"))
        .get()
        .asString()
        .contains("event-stream");
    StringBuilder text = new StringBuilder();
    for (String line :
        streamed.body().lines().filter(line -> line.startsWith("data: {")).toList()) {
      text.append(
          JsonMapper.shared()
              .readTree(line.substring(6))
              .path("choices")
              .path(0)
              .path("text")
              .asString(""));
    }
    assertThat(text.toString()).isEqualTo(whole.path("choices").path(0).path("text").asString());
    assertThat(streamed.body()).endsWith("data: [DONE]\n\n");
  }

  @Test
  void remembersWhichCheckpointGaveAnAnswer() throws Exception {
    JsonNode answer =
        json(send("POST", "/v1/completions", "{\"model\": \"tiny\", \"prompt\": \"the\"}"));

    JsonNode traced = json(send("GET", "/api/v1/answers/" + answer.path("id").asString(), null));

    assertThat(traced.path("checkpointId").asString()).isEqualTo("first");
    assertThat(traced.path("caller").asString()).isEqualTo("Alice");
    assertThat(traced.path("tokens").path("completion").asInt())
        .isEqualTo(answer.path("usage").path("completion_tokens").asInt());
  }

  @Test
  void swapsToAnotherCheckpointWithoutDroppingARequest() throws Exception {
    List<Thread> callers = new ArrayList<>();
    List<Integer> statuses = java.util.Collections.synchronizedList(new ArrayList<>());
    for (int i = 0; i < 4; i++) {
      callers.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int n = 0; n < 15; n++) {
                  statuses.add(
                      quiet(
                          "{\"model\": \"tiny\", \"prompt\": \"the whale\", \"max_tokens\": 30}"));
                }
              }));
    }

    aliasTarget = "second";
    awaitServes("second");
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(statuses).hasSize(60).containsOnly(200);
  }

  @Test
  void keepsServingTheOldCheckpointWhenTheNewOneIsCorrupt() throws Exception {
    checkpoint("broken", 3);
    try (Stream<Path> files = Files.walk(folder.resolve("store").resolve("checkpoints/broken"))) {
      Path weights = files.filter(file -> file.endsWith("model.safetensors")).findFirst().get();
      byte[] bytes = Files.readAllBytes(weights);
      bytes[bytes.length - 1] ^= 1;
      Files.write(weights, bytes);
    }

    aliasTarget = "broken";

    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          JsonNode deployment = json(send("GET", "/api/v1/deployments/tiny", null));
          assertThat(deployment.path("state").asString()).isEqualTo("swap-failed");
          assertThat(deployment.path("reason").asString()).contains("model.safetensors");
        });
    assertThat(quiet("{\"model\": \"tiny\", \"prompt\": \"the\"}")).isEqualTo(200);
  }

  @Test
  void answersErrorsInOpenAisShape() throws Exception {
    assertError(404, "model_not_found", "{\"model\": \"nobody\", \"prompt\": \"x\"}");
    assertError(400, "temperature", "{\"model\": \"tiny\", \"prompt\": \"x\", \"temperature\": 9}");
    assertError(400, "prompt", "{\"model\": \"tiny\"}");
    assertError(400, "prompt", "{\"model\": \"tiny\", \"prompt\": [99999]}");
    assertError(400, "unheard_of", "{\"model\": \"tiny\", \"prompt\": \"x\", \"unheard_of\": 1}");
    assertError(400, "JSON", "{not json");
    assertError(400, "at most 12", "{\"model\": \"tiny\", \"prompt\": \"x\", \"n\": 100}");
  }

  @Test
  void deploysOnlyWhatIsThere() throws Exception {
    HttpResponse<String> refused =
        send("PUT", "/api/v1/deployments/other", "{\"alias\": \"nope\"}");

    assertThat(refused.statusCode()).isEqualTo(404);
    assertThat(refused.body()).contains("no alias nope");
    assertThat(send("GET", "/api/v1/deployments/other", null).statusCode()).isEqualTo(404);
  }

  @Test
  void answers429WithRetryAfterWhenTheQueueIsFull() throws Exception {
    String all =
        """
        {"model": "tiny", "prompt": "the", "max_tokens": 1000000, "n": 12, "stream": true}
        """;
    HttpResponse<InputStream> busy =
        http.send(request("POST", "/v1/completions", all), BodyHandlers.ofInputStream());

    HttpResponse<String> refused = send("POST", "/v1/completions", all);

    busy.body().close();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).isPresent();
    assertThat(json(refused).path("error").path("type").asString()).isEqualTo("rate_limit_error");
    awaitIdle();
  }

  @Test
  void freesTheSlotOfAClientThatLeaves() throws Exception {
    String body =
        "{\"model\": \"tiny\", \"prompt\": \"the\", \"max_tokens\": 1000000, \"stream\": true}";
    try (Socket socket = new Socket("localhost", base.getPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                  + token
                  + "\r\nContent-Type: application/json\r\nContent-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body)
              .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      assertThat(socket.getInputStream().read()).isNotNegative();
    }

    awaitIdle();
  }

  @Test
  void refusesStrangers() throws Exception {
    HttpResponse<String> response =
        http.send(
            HttpRequest.newBuilder(base.resolve("/v1/models")).build(), BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(401);
  }

  private void awaitIdle() {
    await()
        .atMost(SOON)
        .untilAsserted(() ->
            assertThat(
                    json(send("GET", "/api/v1/deployments/tiny", null))
                        .path("slots")
                        .path("used")
                        .asInt())
                .isZero());
  }

  private void awaitServes(String checkpoint) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> {
          JsonNode deployment = json(send("GET", "/api/v1/deployments/tiny", null));
          assertThat(deployment.path("state").asString())
              .as(deployment.toString())
              .isEqualTo("ready");
          assertThat(deployment.path("checkpointId").asString()).isEqualTo(checkpoint);
        });
  }

  private void assertError(int status, String expected, String body) throws Exception {
    HttpResponse<String> response = send("POST", "/v1/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(json(response).path("error").toString()).contains(expected);
  }

  private int quiet(String body) {
    try {
      return send("POST", "/v1/completions", body).statusCode();
    } catch (Exception e) {
      return -1;
    }
  }

  private HttpResponse<String> send(
      String method, String path, @org.jspecify.annotations.Nullable String body) throws Exception {
    return http.send(request(method, path, body), BodyHandlers.ofString());
  }

  private static HttpRequest request(
      String method, String path, @org.jspecify.annotations.Nullable String body) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("Authorization", "Bearer " + token)
        .header("Content-Type", "application/json")
        .method(
            method,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static JsonNode json(HttpResponse<String> response) {
    return JsonMapper.shared().readTree(response.body());
  }

  private static String alias() {
    return "{\"name\": \"live\", \"checkpointId\": \"%s\", \"prefix\": \"x\", \"history\": []}"
        .formatted(aliasTarget);
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, String body)
      throws java.io.IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void checkpoint(String id, long seed) throws Exception {
    Path files = Files.createTempDirectory("checkpoint");
    TinyModel.write(files, seed);
    String prefix = "checkpoints/" + id;
    List<Manifest.Entry> entries = new ArrayList<>();
    try (Stream<Path> listed = Files.list(files)) {
      for (Path file : listed.filter(each -> !each.endsWith("manifest.json")).sorted().toList()) {
        String name = file.getFileName().toString();
        try (ObjectWriter out = store.create(prefix + "/" + name)) {
          Files.copy(file, out);
          StoredObject stored = out.commit();
          entries.add(new Manifest.Entry(name, stored.size(), stored.sha256()));
        }
      }
    }
    Manifest manifest =
        new Manifest("tnl/checkpoint/1", entries, JsonMapper.shared().createObjectNode());
    manifest.commit(store, prefix);
    CHECKPOINTS.put(
        id,
        "{\"id\": \"%s\", \"runId\": \"r\", \"prefix\": \"%s\", \"manifestDigest\": \"%s\"}"
            .formatted(id, prefix, manifest.digest()));
  }
}
