package org.transnormer.support.architecture;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * What a service's own port says to a caller without a token: in a cluster other pods reach it, not
 * the door alone.
 */
public final class KeylessCalls {
  /** Named by no document, and nobody's business either. */
  private static final List<String> BESIDE =
      List.of(
          "/v3/api-docs",
          "/actuator/info",
          "/actuator/prometheus",
          "/internal/v1/anything",
          "/nothing");

  private static final int UNAUTHENTICATED = 401;

  private KeylessCalls() {}

  /**
   * Calls every operation of the document, and what stands beside it.
   *
   * @param base the service's address, without a slash at its end
   * @param document its OpenAPI document
   * @return the calls that were not answered by 401, as {@code GET /api/v1/corpora 200}
   * @throws IllegalArgumentException when the document names no operation
   */
  public static List<String> open(String base, JsonNode document)
      throws IOException, InterruptedException {
    List<String> open = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      for (String call : calls(document)) {
        int space = call.indexOf(' ');
        HttpRequest request =
            HttpRequest.newBuilder(URI.create(base + call.substring(space + 1)))
                .method(call.substring(0, space), BodyPublishers.noBody())
                .build();
        int status = http.send(request, BodyHandlers.discarding()).statusCode();
        if (status != UNAUTHENTICATED) {
          open.add(call + " " + status);
        }
      }
    }
    return open;
  }

  private static List<String> calls(JsonNode document) {
    List<String> calls = new ArrayList<>();
    for (var path : document.path("paths").properties()) {
      String address = path.getKey().replaceAll("\\{[^}]*}", "7");
      for (String method : path.getValue().propertyNames()) {
        calls.add(method.toUpperCase(Locale.ROOT) + " " + address);
      }
    }
    if (calls.isEmpty()) {
      throw new IllegalArgumentException("the document names no operation");
    }
    BESIDE.forEach(path -> calls.add("GET " + path));
    return calls;
  }
}
