package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.CommittedOpenApi;
import org.transnormer.support.architecture.OpenApiFaults;
import tools.jackson.databind.JsonNode;

/**
 * The committed description of the door's own REST interface is the one that it gives. After a
 * change on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {

  @Test
  void theCommittedDocumentIsTheRunningOne() throws IOException {
    String running = CommittedOpenApi.canonical(TestDoor.shared().get("/v3/api-docs"));

    assertThat(CommittedOpenApi.read("door", running)).isEqualTo(running);
  }

  @Test
  void saysOfEachOperationWhatItDoesWhoMayCallItAndHowItAnswers() {
    assertThat(OpenApiFaults.of(TestDoor.shared().get("/v3/api-docs"))).isEmpty();
  }

  @Test
  void isOpenForLoggingInAndTakesTheSessionsOfThePage() {
    JsonNode paths = TestDoor.shared().get("/v3/api-docs").path("paths");

    JsonNode session = paths.path("/api/v1/session");
    assertThat(session.at("/post/security").isEmpty()).isTrue();
    assertThat(session.at("/get/security/1/session/0").asString()).isEqualTo("viewer");
    assertThat(session.at("/delete/security/1").has("csrf-token")).isTrue();
    assertThat(paths.path("/api/v1/keys").at("/get/security/0/api-key/0").asString())
        .isEqualTo("admin");
    assertThat(session.at("/post/responses").has("429")).isTrue();
  }

  @Test
  void givesTheSameDocumentByItsNameAndThoseOfTheServices() {
    JsonNode described = TestDoor.JSON.readTree("{\"openapi\": \"3.1.0\", \"paths\": {}}");
    TestDoor.shared()
        .services
        .on(
            "GET /v3/api-docs",
            exchange -> FakeServices.send(exchange, 200, "application/json", described.toString()));
    try {
      assertThat(TestDoor.shared().get("/api/v1/openapi/corpus")).isEqualTo(described);
      assertThat(CommittedOpenApi.canonical(TestDoor.shared().get("/api/v1/openapi/door")))
          .isEqualTo(CommittedOpenApi.canonical(TestDoor.shared().get("/v3/api-docs")));
    } finally {
      TestDoor.shared().services.forgetOwnAnswers();
    }
  }
}
