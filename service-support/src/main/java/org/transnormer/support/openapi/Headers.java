package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.Map;
import org.springframework.http.HttpHeaders;

/** Headers of answers, described once in the document. */
final class Headers {
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";
  static final String REPLAYED = "Idempotent-Replayed";

  private static final Map<String, String> DESCRIPTIONS =
      Map.of(
          HttpHeaders.LOCATION,
          "Path of the resource to look at.",
          HttpHeaders.ETAG,
          "Version of the answer; If-Match takes it.",
          HttpHeaders.RETRY_AFTER,
          "Seconds to wait before the next try.",
          HttpHeaders.WWW_AUTHENTICATE,
          "Bearer.",
          REPLAYED,
          "true when this is the answer to an earlier request with the same key.");

  private Headers() {}

  static void declare(Components components) {
    DESCRIPTIONS.forEach((name, description) ->
        components.addHeaders(
            name, new Header().description(description).schema(Schemas.of("string"))));
  }

  /** To all good answers of an operation. */
  static void add(Operation operation, String name) {
    operation
        .getResponses()
        .forEach((status, response) -> {
          if (status.startsWith("2")) {
            add(response, name);
          }
        });
  }

  static void add(ApiResponse response, String name) {
    if (!DESCRIPTIONS.containsKey(name)) {
      throw new IllegalArgumentException("no description of the header " + name);
    }
    response.addHeaderObject(name, new Header().$ref("#/components/headers/" + name));
  }
}
