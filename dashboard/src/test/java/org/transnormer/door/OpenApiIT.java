package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The committed description of the door's own REST interface is the one that it gives. After a
 * change on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {
  private static final Path COMMITTED = Path.of("src/main/openapi/door.json");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  @Test
  void theCommittedDocumentIsTheRunningOne() throws IOException {
    String running = canonical(TestDoor.shared().get("/v3/api-docs"));
    if (Boolean.getBoolean("tnl.openapi.write")) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, running);
    }

    assertThat(Files.readString(COMMITTED)).isEqualTo(running);
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
      assertThat(canonical(TestDoor.shared().get("/api/v1/openapi/door")))
          .isEqualTo(canonical(TestDoor.shared().get("/v3/api-docs")));
    } finally {
      TestDoor.shared().services.forgetOwnAnswers();
    }
  }

  /** Without the address, which is another one in each test. */
  private static String canonical(JsonNode document) {
    ((ObjectNode) document).remove("servers");
    return JSON.writeValueAsString(JSON.treeToValue(document, Object.class)) + "\n";
  }
}
