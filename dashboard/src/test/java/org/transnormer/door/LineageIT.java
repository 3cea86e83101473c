package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.transnormer.door.routes.Part;
import tools.jackson.databind.JsonNode;

class LineageIT {
  private static final String ANSWER = "/api/v1/lineage/answers/cmpl-8f3a11";
  private static final String DOCUMENT = "0ad52e338662c923b15fd45a73c6e973";
  private final TestDoor door = TestDoor.shared();

  @Test
  void walksFromAnAnswerBackToItsSources() {
    JsonNode lineage = door.get(ANSWER);

    assertThat(kinds(lineage))
        .startsWith("answer", "deployment", "checkpoint", "training-run", "token-set", "snapshot")
        .contains("cleaning-run", "shards", "corpus", "source");
    assertThat(missing(lineage)).isEmpty();
    assertThat(lineage.path("documents").size()).isBetween(1, 5);
    for (JsonNode document : lineage.path("documents")) {
      assertThat(document.path("excerpt").asString()).isNotBlank();
      assertThat(document.at("/verdict/kept").asBoolean(true)).isTrue();
    }
  }

  @Test
  void saysWhatIsMissingWhileAnOwnerIsAway() {
    door.services.stop(Part.TRAINER);
    try {
      JsonNode lineage = door.get(ANSWER);

      assertThat(kinds(lineage)).startsWith("answer", "deployment", "checkpoint");
      assertThat(missing(lineage)).singleElement().asString().contains("trainer");
    } finally {
      door.services.start(Part.TRAINER);
    }
  }

  @Test
  void walksFromADocumentForthToTheCheckpointsThatSawIt() {
    JsonNode lineage = door.get("/api/v1/lineage/documents/" + DOCUMENT);

    assertThat(kinds(lineage))
        .startsWith("corpus", "source", "shard", "document")
        .contains("cleaning-run", "snapshot", "token-set", "training-run", "checkpoint");
    assertThat(lineage.path("verdicts").size()).isPositive();
  }

  @Test
  void knowsNothingOfWhatIsUnknown() {
    for (String path : List.of("answers/cmpl-none", "documents/none")) {
      var answer = door.call("GET", "/api/v1/lineage/" + path, door.adminKey);

      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).contains("/problems/not-found");
    }
  }

  private static List<String> kinds(JsonNode lineage) {
    return lineage.path("trail").valueStream().map(step -> step.path("kind").asString()).toList();
  }

  private static List<String> missing(JsonNode lineage) {
    return lineage
        .path("trail")
        .valueStream()
        .filter(step -> step.path("missing").isString())
        .map(step -> step.path("missing").asString())
        .toList();
  }
}
