package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.door.routes.Part;
import org.transnormer.door.routes.Routes;
import org.transnormer.door.routes.Routes.Route;

class RoutesTest {

  @ParameterizedTest
  @CsvSource({
    "/api/v1/corpora, CORPUS",
    "/api/v1/corpora/1/documents, CORPUS",
    "/api/v1/documents/ab/text, CORPUS",
    "/api/v1/snapshots, CORPUS",
    "/api/v1/recipes/demo, CLEANING",
    "/api/v1/cleaning-runs/1/verdicts/2, CLEANING",
    "/api/v1/review-items/1/decision, CLEANING",
    "/api/v1/tokenizers, CLEANING",
    "/api/v1/token-sets/1, CLEANING",
    "/api/v1/training-runs/1/events, TRAINER",
    "/api/v1/checkpoints, TRAINER",
    "/api/v1/aliases/main, TRAINER",
    "/api/v1/deployments/main, INFERENCE",
    "/api/v1/answers/cmpl-1, INFERENCE",
    "/v1/chat/completions, INFERENCE",
    "/v1/models, INFERENCE",
    "/api/v1/jobs/corpus-12/stop, CORPUS",
    "/api/v1/jobs/cleaning-7, CLEANING"
  })
  void knowsTheOwnerOfAPath(String path, Part owner) {
    assertThat(Routes.of(path)).contains(new Route(owner, path));
  }

  @Test
  void takesTheServiceOutOfTheAddressOfADeadLetter() {
    assertThat(Routes.of("/api/v1/system/dead-letters/trainer/17/replay"))
        .contains(new Route(Part.TRAINER, "/api/v1/dead-letters/17/replay"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/corpora",
        "/api/v1/corporations",
        "/api/v1/jobs",
        "/api/v1/jobs/12",
        "/api/v1/jobs/other-12",
        "/api/v1/keys",
        "/api/v1/system/dead-letters",
        "/api/v1/system/dead-letters/door/17/replay",
        "/internal/v1/corpora",
        "/v3/api-docs",
        "/v1beta"
      })
  void keepsTheRestForTheDoor(String path) {
    assertThat(Routes.of(path)).isEmpty();
  }
}
