package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.trainer.launch.FakeCluster;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The committed description of the REST interface is the one that the service gives. After a change
 * on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {

  private static final Path COMMITTED = Path.of("src/main/openapi/trainer.json");
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  @Test
  void theCommittedDocumentIsTheRunningOne() throws IOException {
    JsonNode document;
    try (TrainerFixture trainer = TrainerFixture.start(Map.of(), FakeCluster.Replacement.class)) {
      document = trainer.get("/v3/api-docs").body();
    }
    String running = canonical(document);
    if (Boolean.getBoolean("tnl.openapi.write")) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, running);
    }

    assertThat(Files.readString(COMMITTED)).isEqualTo(running).doesNotContain("/internal/");
  }

  /** Without the address, which is another one in each test. */
  private static String canonical(JsonNode document) {
    ((ObjectNode) document).remove("servers");
    return JSON.writeValueAsString(JSON.treeToValue(document, Object.class)) + "\n";
  }
}
