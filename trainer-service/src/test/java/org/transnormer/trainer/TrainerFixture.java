package org.transnormer.trainer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.embedded.TestInfra;
import org.transnormer.support.security.IdentityKeys;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service as it runs, on embedded PostgreSQL and Kafka, and a client of its REST API. */
public final class TrainerFixture implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final Path folder;
  private final IdentityKeys keys;
  private final Map<String, String> properties;
  private final Class<?>[] sources;
  private final ObjectStore store;
  private final HttpClient http = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;

  /** An answer of the service. */
  public record Answer(int status, HttpResponse<String> response, JsonNode body) {

    public String text(String field) {
      return body.path(field).asString("");
    }
  }

  private TrainerFixture(Path folder, Map<String, String> extra, Class<?>[] sources)
      throws IOException {
    this.folder = folder;
    this.sources = sources;
    keys = IdentityKeys.generate(folder.resolve("keys"), "trainer", "door", "inference");
    store = ObjectStore.open(StoreConfig.local(Files.createDirectories(folder.resolve("store"))));
    TinyTokenSet.write(store, Files.createDirectories(folder.resolve("made")));
    properties = new HashMap<>(TestInfra.freshProperties());
    properties.putAll(keys.properties("trainer"));
    properties.put("server.port", "0");
    properties.put("tnl.store.uri", store.uri().toString());
    properties.put("tnl.scratch", folder.resolve("scratch").toString());
    properties.put("tnl.trainer.checkpoints.import-roots", folder.resolve("outside").toString());
    properties.put("tnl.trainer.interval", "100ms");
    properties.put("tnl.trainer.backoff", "100ms");
    properties.put("tnl.trainer.local.threads", "1");
    properties.put("tnl.trainer.local.folder", workersFolder().toString());
    properties.put("logging.level.root", "warn");
    properties.putAll(extra);
    context = run();
  }

  /**
   * @param extra properties
   * @param sources configurations beside the service's own
   */
  public static TrainerFixture start(Map<String, String> extra, Class<?>... sources) {
    try {
      return new TrainerFixture(Files.createTempDirectory("trainer-it"), extra, sources);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ConfigurableApplicationContext run() {
    SpringApplicationBuilder application = TrainerServiceApplication.application();
    return application
        .sources(sources)
        .run(
            properties.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue())
                .toArray(String[]::new));
  }

  /** Stops the service in order and starts it again on the same data. */
  public void restart() {
    context.close();
    context = run();
  }

  public ConfigurableApplicationContext context() {
    return context;
  }

  public ObjectStore store() {
    return store;
  }

  /** Where local workers have their folders. */
  public Path workersFolder() {
    return folder.resolve("workers");
  }

  public Path folder() {
    return folder;
  }

  public URI uri(String path) {
    return URI.create(
        "http://127.0.0.1:%s%s"
            .formatted(context.getEnvironment().getProperty("local.server.port"), path));
  }

  public String token(Role role) {
    return keys.issuer("door").issue("alice", role, "Alice");
  }

  /** Of another service. */
  public String serviceToken() {
    return keys.issuer("inference").ownToken();
  }

  public Answer get(String path) {
    return send("GET", path, null, token(Role.VIEWER));
  }

  public Answer post(String path, @Nullable String body) {
    return send("POST", path, body, token(Role.OPERATOR));
  }

  public Answer delete(String path) {
    return send("DELETE", path, null, token(Role.OPERATOR));
  }

  public Answer send(String method, String path, @Nullable String body, @Nullable String bearer) {
    return send(method, path, body, bearer, Map.of());
  }

  public Answer send(
      String method,
      String path,
      @Nullable String body,
      @Nullable String bearer,
      Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (bearer != null) {
      request.header("Authorization", "Bearer " + bearer);
    }
    if (!headers.containsKey("Idempotency-Key")) {
      request.header("Idempotency-Key", UUID.randomUUID().toString());
    }
    headers.forEach(request::header);
    try {
      HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
      String type = response.headers().firstValue("Content-Type").orElse("");
      return new Answer(
          response.statusCode(),
          response,
          type.contains("json")
              ? JSON.readTree(response.body())
              : JSON.getNodeFactory().stringNode(response.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A specification of a model so small that a step takes milliseconds. */
  public static String spec(long steps, long checkpointEvery, String more) {
    return """
    {"model": {"width": 32, "layers": 2, "heads": 2, "gluWidth": 64},
     "data": {"tokenSetId": "tiny"},
     "optimizer": {"learningRate": 0.003},
     "batch": {"sequences": 2, "sequenceLength": 32},
     "steps": %d, "seed": 5, "threads": 1,
     "evaluation": {"everySteps": %d, "maxTokens": 500},
     "checkpoints": {"everySteps": %d, "keep": 2}%s}
    """
        .formatted(steps, checkpointEvery, checkpointEvery, more);
  }

  /** Starts a run and gives its id. */
  public String startRun(String spec) {
    Answer answer = post("/api/v1/training-runs", "{\"name\": \"tiny\", \"spec\": " + spec + "}");
    if (answer.status() != 202) {
      throw new IllegalStateException(answer.status() + " " + answer.body());
    }
    return answer.text("id");
  }

  public JsonNode run(String id) {
    return get("/api/v1/training-runs/" + id).body();
  }

  @Override
  public void close() {
    context.close();
    store.close();
  }
}
