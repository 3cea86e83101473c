package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.transnormer.door.routes.Part;
import tools.jackson.databind.JsonNode;

/** What the door gathers from several services. */
class OverviewIT {
  private static final Duration SOON = Duration.ofSeconds(20);
  private final TestDoor door = TestDoor.shared();

  @Test
  void addsUpWhatTheServicesHave() {
    JsonNode overview = door.get("/api/v1/overview");

    assertThat(overview.at("/totals/corpora").asLong()).isEqualTo(2);
    assertThat(overview.at("/totals/cleaningRuns").asLong()).isEqualTo(2);
    assertThat(overview.at("/totals/reviewPending").asLong()).isEqualTo(48);
    assertThat(overview.at("/totals/checkpoints").asLong()).isEqualTo(4);
    assertThat(overview.path("parts").findValuesAsString("service"))
        .containsExactly("door", "corpus", "cleaning", "trainer", "inference");
  }

  @Test
  void followsOneCorpusFromItsSourcesToItsDeployments() {
    JsonNode river = door.get("/api/v1/overview").path("river");

    assertThat(river.at("/corpus/name").asString()).isEqualTo("demo");
    assertThat(river.path("sources").asInt()).isEqualTo(4);
    assertThat(river.at("/cleaningRun/corpusId").asString())
        .isEqualTo(river.at("/corpus/id").asString());
    assertThat(river.at("/tokenSet/snapshotId").asString())
        .isEqualTo(river.at("/snapshot/id").asString());
    assertThat(river.at("/trainingRun/spec/data/tokenSetId").asString())
        .isEqualTo(river.at("/tokenSet/id").asString());
    assertThat(river.at("/checkpoint/runId").asString())
        .isEqualTo(river.at("/trainingRun/id").asString());
    assertThat(river.path("deployments").size()).isEqualTo(2);
  }

  @Test
  void namesWhatRunsAndWhatWaitsForAPerson() {
    JsonNode overview = door.get("/api/v1/overview");

    assertThat(overview.path("running").findValuesAsString("kind"))
        .contains("cleaning-run", "training-run")
        .doesNotContain("deployment");
    assertThat(overview.path("attention").findValuesAsString("title"))
        .contains("48 documents wait for a decision", "width-512 failed")
        .anyMatch(title -> title.endsWith("found no consumer"));
  }

  @Test
  void showsTheRestWhileAServiceIsAway() {
    door.services.stop(Part.TRAINER);
    try {
      await()
          .atMost(SOON)
          .untilAsserted(() -> {
            JsonNode overview = door.get("/api/v1/overview");
            assertThat(stateOf("trainer", overview)).isEqualTo("down");
            assertThat(stateOf("corpus", overview)).isEqualTo("up");
            assertThat(overview.at("/totals/corpora").asLong()).isEqualTo(2);
            assertThat(overview.at("/totals/checkpoints").asLong()).isZero();
          });
    } finally {
      door.services.start(Part.TRAINER);
    }
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(stateOf("trainer", door.get("/api/v1/overview"))).isEqualTo("up"));
  }

  private static String stateOf(String service, JsonNode answer) {
    return answer
        .path("parts")
        .valueStream()
        .filter(part -> part.path("service").asString().equals(service))
        .map(part -> part.path("state").asString())
        .findFirst()
        .orElse("not named");
  }

  @Test
  void tellsVersionsAndLimitsOfThePlatform() {
    JsonNode system = door.get("/api/v1/system");

    assertThat(stateOf("door", system)).isEqualTo("up");
    assertThat(stateOf("inference", system)).isEqualTo("up");
    assertThat(system.at("/versions/java").asString()).startsWith("25");
    assertThat(system.at("/limits/request-body").asString()).isEqualTo("16 MB");
    assertThat(door.call("GET", "/api/v1/openapi/nobody", door.adminKey).statusCode())
        .isEqualTo(404);
  }

  @Test
  void listsJobsOfEveryServiceThoseThatRunFirst() {
    JsonNode jobs = door.get("/api/v1/jobs");

    assertThat(jobs.path("items").findValuesAsString("id").stream().filter(JobIds::is))
        .containsExactly("cleaning-5", "cleaning-3", "corpus-1", "cleaning-4");
    assertThat(jobs.at("/items/0/service").asString()).isEqualTo("cleaning");
    assertThat(jobs.at("/items/2/service").asString()).isEqualTo("corpus");
    assertThat(jobs.path("away").isEmpty()).isTrue();
  }

  private static final class JobIds {
    static boolean is(String id) {
      return id.matches("(corpus|cleaning)-\\d+");
    }
  }

  @Test
  void namesTheServiceWhoseJobsAreMissing() {
    door.services.stop(Part.CORPUS);
    try {
      JsonNode jobs = door.get("/api/v1/jobs");

      assertThat(jobs.path("away").valueStream().map(JsonNode::asString)).containsExactly("corpus");
      assertThat(jobs.at("/items/0/id").asString()).isEqualTo("cleaning-5");
    } finally {
      door.services.start(Part.CORPUS);
    }
  }

  @Test
  void gathersTheDeadLettersAndReplaysEachWithItsOwner() {
    JsonNode letters = door.get("/api/v1/system/dead-letters");
    assertThat(letters.at("/items/0/service").asString()).isEqualTo("cleaning");
    String id = letters.at("/items/0/id").asString();
    String path = "/api/v1/dead-letters/" + id + "/replay";
    door.services.on(
        "POST " + path, exchange -> FakeServices.send(exchange, 202, "text/plain", ""));

    try {
      int status =
          door.call(
                  "POST",
                  "/api/v1/system/dead-letters/cleaning/" + id + "/replay",
                  door.key("operator"))
              .statusCode();

      assertThat(status).isEqualTo(202);
    } finally {
      door.services.forgetOwnAnswers();
    }
    assertThat(
            door.call("POST", "/api/v1/system/dead-letters/door/none/replay", door.adminKey)
                .statusCode())
        .isEqualTo(404);
  }
}
