package org.transnormer.cleaning.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service's API as a person with a key uses it. */
public final class Api {

  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String base;
  private final @Nullable String token;

  Api(String base, @Nullable String token) {
    this.base = base;
    this.token = token;
  }

  /** Status and body of an answer. */
  public record Answer(int status, JsonNode body, HttpResponse<?> response) {}

  /** The service's own address. */
  public String base() {
    return base;
  }

  public Api anonymous() {
    return new Api(base, null);
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public Answer delete(String path) {
    return send(request(path).DELETE());
  }

  public Answer post(String path, Object body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(text(body))));
  }

  /** With an idempotency key of its own. */
  public Answer launch(String path, Object body) {
    return launch(path, body, UUID.randomUUID().toString());
  }

  public Answer launch(String path, Object body, String key) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(text(body))));
  }

  /** Lines of an event stream. */
  public Stream<String> events(String path) throws IOException, InterruptedException {
    return client
        .send(
            request(path).header("Accept", "text/event-stream").GET().build(),
            HttpResponse.BodyHandlers.ofLines())
        .body();
  }

  private static String text(Object body) {
    return body instanceof String text ? text : JSON.writeValueAsString(body);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      String body = response.body();
      JsonNode json =
          body.isBlank() || body.charAt(0) != '{' && body.charAt(0) != '['
              ? JSON.missingNode()
              : JSON.readTree(body);
      return new Answer(response.statusCode(), json, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
