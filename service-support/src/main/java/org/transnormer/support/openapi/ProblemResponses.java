package org.transnormer.support.openapi;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.transnormer.support.problems.Problems;

/** The answers to what cannot be done: described once, referred to by every operation. */
enum ProblemResponses {
  REST("", "application/problem+json", "Problem"),
  OPENAI("openai-", "application/json", "OpenAiError");

  private static final String OTHER = "other-problem";
  private static final Map<Integer, String> DESCRIPTIONS = new TreeMap<>();

  static {
    DESCRIPTIONS.put(400, "The request is malformed; every part that is has its entry.");
    DESCRIPTIONS.put(401, "There is no valid key.");
    DESCRIPTIONS.put(403, "The caller's role may not do this.");
    DESCRIPTIONS.put(404, "There is no such resource.");
    DESCRIPTIONS.put(
        409,
        "The state of the resource does not allow it. With Retry-After: the first request with this"
            + " Idempotency-Key is still at work.");
    DESCRIPTIONS.put(412, "The resource is not at the version that If-Match names.");
    DESCRIPTIONS.put(413, "The body is larger than what is read.");
    DESCRIPTIONS.put(415, "The body's media type is not read here.");
    DESCRIPTIONS.put(
        422,
        "Well-formed, but it cannot be done; or the Idempotency-Key was used with another"
            + " request.");
    DESCRIPTIONS.put(428, "If-Match is missing.");
    DESCRIPTIONS.put(429, "More than is taken at once, or too many wrong keys.");
    DESCRIPTIONS.put(502, "A service behind this one broke off before it answered.");
    DESCRIPTIONS.put(503, "Something that the answer needs is away.");
  }

  private final String prefix;
  private final String mediaType;
  private final String schema;

  ProblemResponses(String prefix, String mediaType, String schema) {
    this.prefix = prefix;
    this.mediaType = mediaType;
    this.schema = schema;
  }

  /** Those of the family that a path belongs to. */
  static ProblemResponses of(String path) {
    return path.startsWith(Problems.OPENAI_PATH) ? OPENAI : REST;
  }

  void add(Operation operation, int status) {
    if (!DESCRIPTIONS.containsKey(status)) {
      throw new IllegalArgumentException("no description of a problem with status " + status);
    }
    operation.getResponses().addApiResponse(Integer.toString(status), reference(name(status)));
  }

  /** What is not named: another verb, a defect, a door that waits in vain. */
  void addOther(Operation operation) {
    operation.getResponses().setDefault(reference(prefix + OTHER));
  }

  void declare(Components components) {
    components.addSchemas(schema, this == REST ? problem() : openAiError());
    DESCRIPTIONS.forEach(
        (status, text) -> components.addResponses(name(status), response(status, text)));
    components.addResponses(prefix + OTHER, response(0, "Any other problem."));
  }

  private String name(int status) {
    return prefix + HttpStatus.valueOf(status).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static ApiResponse reference(String name) {
    return new ApiResponse().$ref("#/components/responses/" + name);
  }

  private ApiResponse response(int status, String description) {
    Content content =
        new Content().addMediaType(mediaType, new MediaType().schema(Schemas.reference(schema)));
    ApiResponse response = new ApiResponse().description(description).content(content);
    switch (status) {
      case 401 -> Headers.add(response, HttpHeaders.WWW_AUTHENTICATE);
      case 409, 429, 503 -> Headers.add(response, HttpHeaders.RETRY_AFTER);
      default -> {}
    }
    return response;
  }

  private static Schema<?> problem() {
    Schema<?> error = Schemas.of("object", "What is wrong with one part of a request.");
    error.addProperty(
        "pointer",
        Schemas.of("string", "JSON pointer into the body, or the name of a parameter or header"));
    error.addProperty("detail", Schemas.of("string"));
    error.setRequired(List.of("pointer", "detail"));
    Schema<?> problem = Schemas.of("object", "A problem as RFC 9457 has it.");
    problem.addProperty(
        "type",
        Schemas.of("string", "address at the door of a page that says what to do")
            .format("uri-reference")
            .example("/problems/not-found"));
    problem.addProperty("title", Schemas.of("string", "the type in words"));
    problem.addProperty("status", Schemas.of("integer").format("int32"));
    problem.addProperty("detail", Schemas.of("string", "what happened this time"));
    problem.addProperty("instance", Schemas.of("string", "path of the request"));
    problem.addProperty("requestId", Schemas.of("string", "under which the log has it"));
    problem.addProperty("errors", Schemas.listOf(error, "invalid-request, source-refused"));
    problem.addProperty("limitBytes", Schemas.of("integer", "payload-too-large").format("int64"));
    problem.addProperty(
        "referredToBy", Schemas.listOf(Schemas.of("string"), "still-referred-to: in words"));
    problem.addProperty(
        "service", Schemas.of("string", "service-away, service-broke-off, service-late"));
    problem.setRequired(List.of("type", "title", "status", "detail", "instance"));
    return problem;
  }

  private static Schema<?> openAiError() {
    Schema<?> error = Schemas.of("object");
    error.addProperty("message", Schemas.of("string"));
    error.addProperty("type", Schemas.of("string").example("invalid_request_error"));
    error.addProperty("param", Schemas.of("string", "the field at fault").typesItem("null"));
    error.addProperty("code", Schemas.of("string").typesItem("null"));
    error.setRequired(List.of("message", "type", "param", "code"));
    Schema<?> body = Schemas.of("object", "An error in OpenAI's shape.");
    body.addProperty("error", error);
    body.setRequired(List.of("error"));
    return body;
  }
}
