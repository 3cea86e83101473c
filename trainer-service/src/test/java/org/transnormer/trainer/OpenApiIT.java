package org.transnormer.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.CommittedOpenApi;
import org.transnormer.support.architecture.KeylessCalls;
import org.transnormer.support.architecture.OpenApiFaults;
import org.transnormer.trainer.launch.FakeCluster;
import tools.jackson.databind.JsonNode;

/**
 * The committed description of the REST interface is the one that the service gives. After a change
 * on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {

  @Test
  void theCommittedDocumentIsTheRunningOneAndOpensNothing()
      throws IOException, InterruptedException {
    JsonNode document;
    List<String> open;
    try (TrainerFixture trainer = TrainerFixture.start(Map.of(), FakeCluster.Replacement.class)) {
      document = trainer.get("/v3/api-docs").body();
      open = KeylessCalls.open(trainer.uri("").toString(), document);
    }
    String running = CommittedOpenApi.canonical(document);

    assertThat(CommittedOpenApi.read("trainer", running))
        .isEqualTo(running)
        .doesNotContain("/internal/");
    assertThat(OpenApiFaults.of(document)).isEmpty();
    assertThat(open).as("open without a token").isEmpty();
  }
}
