package org.transnormer.integration.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.transnormer.artifacts.s3.S3Server;
import tools.jackson.databind.JsonNode;

/** With artefacts in an S3-compatible store, and no volume that pods share. */
class S3ClusterIT extends OnCluster {

  private static final int STEPS = 60;

  private @Nullable S3Pod s3;

  @Override
  List<String> prepare(Installation made) throws IOException {
    s3 = S3Pod.start(made);
    return List.of(
        "--set",
        "store.mode=s3,store.s3.uri=s3://%s/tnl,store.s3.endpoint=http://s3:%d,store.s3.pathStyle=true,store.s3.existingSecret=s3"
            .formatted(S3Server.BUCKET, S3Pod.PORT));
  }

  @AfterAll
  void stopStore() {
    if (s3 != null) {
      s3.close();
    }
  }

  @Test
  void goesTheWholeWay() {
    JsonNode tokens = journey().tokens("file:///corpora/prose", DOCUMENTS);
    JsonNode run = journey().trained(journey().train(tokens, STEPS, STEPS / 2));
    String answer = journey().answer(run.path("finalCheckpointId").asString(), "The old captain");

    assertThat(answer).isNotBlank();
    assertThat(installed().kubectl("get", "pvc", "-o=name")).doesNotContain("tnl-store");
    assertThat(java.util.Objects.requireNonNull(s3).folders("tnl"))
        .contains("corpora", "checkpoints", "token-sets");
  }
}
