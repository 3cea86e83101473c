package org.transnormer.support.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.transnormer.support.SharedService;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

class DocumentIT {
  private final JsonNode document = SharedService.get().get(Role.VIEWER, "/v3/api-docs").json();

  @Test
  void asksForAKeyOfAtLeastTheRoleThatTheRulesName() {
    assertThat(operation("get", "/api/v1/things/{id}").at("/security/0/api-key/0").asString())
        .isEqualTo("viewer");
    assertThat(operation("post", "/api/v1/things").at("/security/0/api-key/0").asString())
        .isEqualTo("operator");
    assertThat(document.at("/components/securitySchemes/api-key/scheme").asString())
        .isEqualTo("bearer");
  }

  @Test
  void listsTheProblemsThatFollowFromPathParametersBodyAndRole() {
    assertThat(statuses(operation("get", "/api/v1/things/{id}")))
        .containsExactlyInAnyOrder("200", "400", "401", "404", "default");
    assertThat(statuses(operation("post", "/api/v1/things")))
        .containsExactlyInAnyOrder("200", "400", "401", "403", "413", "415", "default");
    assertThat(
            document
                .at("/components/responses/not-found/content/application~1problem+json/schema/$ref")
                .asString())
        .isEqualTo("#/components/schemas/Problem");
  }

  @Test
  void tellsOfTheIdempotencyKeyWhereOneIsTaken() {
    JsonNode launch = operation("post", "/api/v1/launches");

    assertThat(launch.at("/parameters/0/name").asString()).isEqualTo("Idempotency-Key");
    assertThat(launch.at("/parameters/0/required").asBoolean()).isTrue();
    assertThat(statuses(launch)).contains("409", "422");
    assertThat(operation("post", "/api/v1/things").has("parameters")).isFalse();
  }

  @Test
  void answersErrorsOfTheOpenAiFamilyInItsShape() {
    assertThat(operation("get", "/v1/models").at("/responses/401/$ref").asString())
        .isEqualTo("#/components/responses/openai-unauthorized");
    assertThat(
            document
                .at("/components/responses/openai-unauthorized/content/application~1json/schema")
                .toString())
        .contains("OpenAiError");
  }

  @Test
  void namesOperationsByMethodAndController() {
    assertThat(operation("post", "/api/v1/things").path("operationId").asString())
        .isEqualTo("orderEndpoints");
    assertThat(operation("get", "/api/v1/dead-letters").path("operationId").asString())
        .isEqualTo("listDeadLetter");
  }

  private JsonNode operation(String method, String path) {
    JsonNode operation = document.path("paths").path(path).path(method);
    assertThat(operation.isMissingNode()).as(method + " " + path).isFalse();
    return operation;
  }

  private static List<String> statuses(JsonNode operation) {
    return List.copyOf(operation.path("responses").propertyNames());
  }
}
