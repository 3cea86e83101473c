package org.transnormer.standalone.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * The platform as any program sees it: JSON over HTTP through the door, with an API key.
 *
 * <p>Answers other than 2xx become {@link ApiException}s that carry the problem's title and detail.
 */
final class Api {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final JsonMapper json = JsonMapper.builder().build();
  private final URI door;
  private final String key;

  Api(URI door, String key) {
    this.door = door;
    this.key = key;
  }

  Api withKey(String otherKey) {
    return new Api(door, otherKey);
  }

  URI door() {
    return door;
  }

  JsonNode get(String path) {
    return send(request(path).GET().build());
  }

  /** The resource, or empty when the platform does not know it. */
  Optional<JsonNode> find(String path) {
    try {
      return Optional.of(get(path));
    } catch (ApiException e) {
      if (e.status() == 404) {
        return Optional.empty();
      }
      throw e;
    }
  }

  JsonNode post(String path, Object body) {
    return send(request(path).POST(BodyPublishers.ofString(json.writeValueAsString(body))).build());
  }

  /**
   * A launch: the same idempotency key and body give the same resource, however often it is sent.
   */
  JsonNode launch(String path, String idempotencyKey, Object body) {
    HttpRequest request =
        request(path)
            .header("Idempotency-Key", idempotencyKey)
            .POST(BodyPublishers.ofString(json.writeValueAsString(body)))
            .build();
    for (long end = System.nanoTime() + TIMEOUT.toNanos(); ; ) {
      try {
        return send(request);
      } catch (ApiException e) {
        // A platform that was killed in the middle of this launch needs a while to see that.
        if (!e.saysStillAtWork() || System.nanoTime() > end) {
          throw e;
        }
        pause(request);
      }
    }
  }

  private static void pause(HttpRequest request) {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      throw interrupted(request, e);
    }
  }

  JsonNode put(String path, Object body) {
    return send(request(path).PUT(BodyPublishers.ofString(json.writeValueAsString(body))).build());
  }

  /** The data of each server-sent event, as it arrives; the stream must be closed. */
  Stream<String> events(String path, Object body) {
    HttpRequest request =
        request(path)
            .header("Accept", "text/event-stream")
            .POST(BodyPublishers.ofString(json.writeValueAsString(body)))
            .build();
    try {
      HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
      if (response.statusCode() / 100 != 2) {
        throw new ApiException(
            request.uri(), response.statusCode(), String.join("\n", response.body().toList()));
      }
      return response
          .body()
          .filter(line -> line.startsWith("data:"))
          .map(line -> line.substring("data:".length()).strip());
    } catch (IOException e) {
      throw new ApiException(request.uri(), e);
    } catch (InterruptedException e) {
      throw interrupted(request, e);
    }
  }

  JsonNode parse(String text) {
    return json.readTree(text);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(door.resolve(path))
        .timeout(TIMEOUT)
        .header("Authorization", "Bearer " + key)
        .header("Content-Type", "application/json");
  }

  private JsonNode send(HttpRequest request) {
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      String body = response.body();
      if (response.statusCode() / 100 != 2) {
        throw new ApiException(request.uri(), response.statusCode(), body);
      }
      return body.isBlank() ? MissingNode.getInstance() : json.readTree(body);
    } catch (IOException e) {
      throw new ApiException(request.uri(), e);
    } catch (InterruptedException e) {
      throw interrupted(request, e);
    }
  }

  private static ApiException interrupted(HttpRequest request, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new ApiException(request.uri(), new IOException("interrupted", e));
  }
}
