package org.transnormer.integration.journey;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The platform's REST interface, asked again while a service or the way to it is away. */
public final class Door {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** The type of the problem that tells that the service has not heard of the request. */
  private static final String NOT_CONNECTED = "/problems/service-away";

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Supplier<URI> address;
  private final String key;

  public Door(Supplier<URI> address, String key) {
    this.address = address;
    this.key = key;
  }

  public JsonNode get(String path) {
    return ask("GET", path, "", "");
  }

  public JsonNode put(String path, Object body) {
    return ask("PUT", path, JsonMapper.shared().writeValueAsString(body), "");
  }

  public JsonNode post(String path, Object body) {
    return ask("POST", path, JsonMapper.shared().writeValueAsString(body), "");
  }

  public JsonNode delete(String path) {
    return ask("DELETE", path, "", "");
  }

  /** The idempotency key makes it one launch, however often it is sent. */
  public JsonNode launch(String path, Object body) {
    return ask(
        "POST", path, JsonMapper.shared().writeValueAsString(body), UUID.randomUUID().toString());
  }

  private JsonNode ask(String method, String path, String body, String launch) {
    boolean repeatable = !method.equals("POST") || !launch.isEmpty();
    Instant deadline = Instant.now().plus(PATIENCE);
    while (true) {
      String refusal;
      try {
        HttpResponse<String> answer =
            http.send(request(method, path, body, launch), BodyHandlers.ofString());
        if (answer.statusCode() < 300) {
          return JsonMapper.shared().readTree(answer.body());
        }
        refusal = "%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body());
        repeatable |= answer.body().contains(NOT_CONNECTED);
        if (answer.statusCode() < 502) {
          throw new AssertionError(refusal);
        }
      } catch (IOException e) {
        refusal = "%s %s: %s".formatted(method, path, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
      if (!repeatable || Instant.now().isAfter(deadline)) {
        throw new AssertionError(refusal);
      }
      pause();
    }
  }

  private HttpRequest request(String method, String path, String body, String launch) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address.get().resolve(path))
            .timeout(Duration.ofSeconds(60))
            .header("Authorization", "Bearer " + key)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (!launch.isEmpty()) {
      request.header("Idempotency-Key", launch);
    }
    return request.build();
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
