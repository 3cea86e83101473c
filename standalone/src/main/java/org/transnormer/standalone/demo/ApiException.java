package org.transnormer.standalone.demo;

import java.io.IOException;
import java.net.URI;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The platform refused a request, or could not be reached. */
final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final boolean stillAtWork;

  ApiException(URI uri, int status, String body) {
    super(uri.getPath() + ": " + status + " " + describe(body));
    this.status = status;
    this.stillAtWork = status == 409 && body.contains("/problems/still-at-work");
  }

  ApiException(URI uri, IOException cause) {
    super(uri.getPath() + ": " + cause, cause);
    this.status = 0;
    this.stillAtWork = false;
  }

  /** Whether the same request, sent before, is still at work: it is to be asked again. */
  boolean saysStillAtWork() {
    return stillAtWork;
  }

  /** HTTP status; 0 when there was no answer. */
  int status() {
    return status;
  }

  private static String describe(String body) {
    try {
      JsonNode problem = JsonMapper.shared().readTree(body);
      if (problem.path("title").isString()) {
        return "%s. %s %s"
            .formatted(
                problem.path("title").asString(),
                problem.path("detail").asString(""),
                problem.has("errors") ? problem.path("errors").toString() : "")
            .strip();
      }
    } catch (JacksonException notJson) {
      return body;
    }
    return body;
  }
}
