package org.transnormer.support.architecture;

import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a client's developer would miss in an OpenAPI document. */
public final class OpenApiFaults {
  private final JsonNode document;
  private final List<String> faults = new ArrayList<>();
  private final Set<String> tags = new HashSet<>();

  private OpenApiFaults(JsonNode document) {
    this.document = document;
  }

  /**
   * @return in words, with the operation; empty for a document that is valid and says of each
   *     operation what it does, who may call it, and how it answers
   */
  public static List<String> of(JsonNode document) {
    return new OpenApiFaults(document).look();
  }

  private List<String> look() {
    faults.addAll(
        new OpenAPIV3Parser()
            .readContents(document.toString(), List.of(), new ParseOptions())
            .getMessages());
    expect(!text(document.path("info").path("description")).isEmpty(), "no description");
    expect(!text(document.path("info").path("title")).startsWith("OpenAPI "), "no title");
    for (JsonNode tag : document.path("tags")) {
      tags.add(text(tag.path("name")));
      expect(tag.hasNonNull("description"), "tag without description: " + tag.path("name"));
    }
    lookAtReferences(document);
    for (var path : document.path("paths").properties()) {
      for (var operation : path.getValue().properties()) {
        lookAt(path.getKey(), operation.getKey(), operation.getValue());
      }
    }
    return faults;
  }

  private void lookAtReferences(JsonNode node) {
    String reference = text(node.path("$ref"));
    expect(
        reference.isEmpty() || !document.at(reference.replaceFirst("^#", "")).isMissingNode(),
        "refers to nothing: " + reference);
    node.forEach(this::lookAtReferences);
  }

  private void lookAt(String path, String method, JsonNode operation) {
    String name = method + " " + path + ": ";
    expect(!text(operation.path("summary")).isEmpty(), name + "no summary");
    expect(!text(operation.path("operationId")).isEmpty(), name + "no operationId");
    expect(operation.path("security").isArray(), name + "does not say who may call it");
    for (JsonNode requirement : operation.path("security")) {
      for (String scheme : requirement.propertyNames()) {
        expect(
            document.path("components").path("securitySchemes").has(scheme),
            name + "no such security scheme: " + scheme);
      }
    }
    for (JsonNode tag : operation.path("tags")) {
      expect(tags.contains(text(tag)), name + "tag that is not declared: " + tag);
    }
    expect(operation.path("tags").size() == 1, name + "needs one tag");
    lookAtAnswers(name, path, operation);
  }

  private void lookAtAnswers(String name, String path, JsonNode operation) {
    JsonNode answers = operation.path("responses");
    boolean takes = operation.has("requestBody") || !operation.path("parameters").isEmpty();
    demand(name, answers, "401", !operation.path("security").isEmpty());
    demand(name, answers, "400", takes);
    demand(name, answers, "404", path.contains("{"));
    demand(name, answers, "409", takes(operation, "Idempotency-Key"));
    demand(name, answers, "412", takes(operation, "If-Match"));
    demand(name, answers, "default", true);
    boolean good = false;
    for (var answer : answers.properties()) {
      if (answer.getKey().matches("[123]..")) {
        good = true;
        boolean hasBody = !answer.getValue().path("content").isEmpty();
        expect(
            hasBody || !answer.getKey().matches("20[01]"),
            name + answer.getKey() + " without a body");
        boolean pointsAt = hasBody && name.startsWith("post ") && answer.getKey().matches("20[12]");
        lookAtGood(name + answer.getKey() + ": ", answer.getValue(), pointsAt);
      } else {
        expect(isProblem(path, answer.getValue()), name + answer.getKey() + " is no problem");
      }
    }
    expect(good, name + "no good answer");
  }

  private void demand(String name, JsonNode answers, String status, boolean when) {
    expect(!when || answers.has(status), name + "does not list " + status);
  }

  private static boolean takes(JsonNode operation, String parameter) {
    return operation
        .path("parameters")
        .valueStream()
        .anyMatch(each -> text(each.path("name")).equals(parameter));
  }

  /**
   * @param pointsAt the answer has to say where what was made or set to work is found
   */
  private void lookAtGood(String name, JsonNode answer, boolean pointsAt) {
    expect(!pointsAt || answer.path("headers").has("Location"), name + "without Location");
    JsonNode stream = answer.path("content").path("text/event-stream").path("schema");
    expect(
        stream.isMissingNode() || text(stream.path("type")).equals("string"),
        name + "an event stream is text");
  }

  private boolean isProblem(String path, JsonNode answer) {
    boolean openAi = path.startsWith("/v1/");
    JsonNode there = document.at(text(answer.path("$ref")).replaceFirst("^#", ""));
    String type = openAi ? "application/json" : "application/problem+json";
    String schema = "#/components/schemas/" + (openAi ? "OpenAiError" : "Problem");
    return text(there.path("content").path(type).path("schema").path("$ref")).equals(schema);
  }

  private void expect(boolean so, String otherwise) {
    if (!so) {
      faults.add(otherwise);
    }
  }

  private static String text(JsonNode node) {
    return node.asString("");
  }
}
