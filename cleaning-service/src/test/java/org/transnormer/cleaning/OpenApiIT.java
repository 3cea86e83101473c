package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.transnormer.cleaning.kit.Platform;
import org.transnormer.support.architecture.CommittedOpenApi;
import org.transnormer.support.architecture.KeylessCalls;
import org.transnormer.support.architecture.OpenApiFaults;
import tools.jackson.databind.JsonNode;

/**
 * The committed description of the REST interface is the one that the service gives. After a change
 * on purpose, run this test with {@code -Dtnl.openapi.write=true}.
 */
class OpenApiIT {

  @Test
  void theCommittedDocumentIsTheRunningOne() throws IOException {
    String running = CommittedOpenApi.canonical(Platform.sharedApi().get("/v3/api-docs").body());

    assertThat(CommittedOpenApi.read("cleaning", running)).isEqualTo(running);
  }

  @Test
  void saysOfEachOperationWhatItDoesWhoMayCallItAndHowItAnswers() {
    assertThat(OpenApiFaults.of(Platform.sharedApi().get("/v3/api-docs").body())).isEmpty();
  }

  @Test
  void saysNothingWithoutAToken() throws IOException, InterruptedException {
    JsonNode document = Platform.sharedApi().get("/v3/api-docs").body();

    assertThat(KeylessCalls.open(Platform.sharedApi().base(), document)).isEmpty();
  }
}
