package org.transnormer.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a caller of the REST interface sees. */
public final class Api {
  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String base;
  private final String token;

  Api(String base, String token) {
    this.base = base;
    this.token = token;
  }

  /** An answer. */
  public record Answer(int status, JsonNode body, HttpResponse<byte[]> http) {
    public String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }

    public String text(String pointer) {
      return body.at(pointer).asString("");
    }

    public long number(String pointer) {
      return body.at(pointer).asLong(-1);
    }
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  public Answer post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** With an Idempotency-Key of its own. */
  public Answer launch(String path, String body) {
    return launch(path, body, UUID.randomUUID().toString());
  }

  public Answer launch(String path, String body, String key) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  public Answer patch(String path, String ifMatch, String body) {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body));
    return send(ifMatch.isEmpty() ? request : request.header("If-Match", ifMatch));
  }

  public Answer await(String path, Predicate<Answer> wanted) {
    return Awaitility.await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> get(path), wanted);
  }

  /** Until the work at the path has ended. */
  public Answer awaitEnd(String path) {
    return await(
        path,
        answer ->
            !java.util.Set.of("queued", "running", "stopping")
                    .contains(answer.text("/status/state"))
                && answer.body().at("/status/endedAt").isString());
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
  }

  private static Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<byte[]> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      String type = response.headers().firstValue("Content-Type").orElse("");
      JsonNode body =
          type.contains("json") && response.body().length > 0
              ? JSON.readTree(response.body())
              : JSON.createObjectNode();
      return new Answer(response.statusCode(), body, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
