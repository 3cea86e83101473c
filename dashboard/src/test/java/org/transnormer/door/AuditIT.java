package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionTemplate;
import org.transnormer.support.Ids;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import tools.jackson.databind.JsonNode;

class AuditIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private final TestDoor door = TestDoor.shared();

  @Test
  void recordsWhoMadeAndRevokedAKeyByName() {
    JsonNode maker = made("maria", "admin");
    String mariasKey = maker.path("key").asString();
    String mine =
        TestDoor.JSON
            .readTree(
                door.call(
                        "POST",
                        "/api/v1/keys",
                        mariasKey,
                        "{\"name\": \"robot\", \"role\": \"viewer\"}")
                    .body())
            .path("id")
            .asString();
    door.call("DELETE", "/api/v1/keys/" + mine, mariasKey);

    JsonNode entries = door.get("/api/v1/audit?actor=maria").path("items");

    assertThat(entries.findValuesAsString("action")).containsExactly("key.revoke", "key.create");
    assertThat(entries.findValuesAsString("resource")).containsOnly("/api/v1/keys/" + mine);
    assertThat(entries.findValuesAsString("actorId")).containsOnly(maker.path("id").asString());
  }

  /** As a service tells it: by the id of the key. Shown to viewers, by its name. */
  @Test
  void tellsAnybodyWhoLaunchedAndWhoCancelled() {
    String launcher = made("lena", "operator").path("id").asString();
    String canceller = made("otto", "operator").path("id").asString();
    String run = "/api/v1/training-runs/" + Ids.next();
    String job = "/api/v1/jobs/cleaning-" + System.nanoTime();
    tell(launcher, "training-run.start", run);
    tell(canceller, "training-run.cancel", run);
    tell("cleaning", "job.restart", job);

    String viewer = door.key("viewer");
    String path = "/api/v1/history?resource=" + run + "&resource=" + job;
    await()
        .atMost(SOON)
        .untilAsserted(
            () -> assertThat(read(path, viewer).findValuesAsString("action")).hasSize(3));

    JsonNode history = read(path, viewer);
    assertThat(history.findValuesAsString("actor"))
        .containsExactlyInAnyOrder("lena", "otto", "cleaning");
    assertThat(read("/api/v1/history?resource=" + run, viewer).at("/0/actor").asString())
        .isEqualTo("lena");
    assertThat(door.call("GET", "/api/v1/history", viewer).statusCode()).isEqualTo(400);
    assertThat(door.call("GET", "/api/v1/audit", viewer).statusCode()).isEqualTo(403);
  }

  private JsonNode read(String path, String key) {
    return TestDoor.JSON.readTree(door.call("GET", path, key).body()).path("items");
  }

  private void tell(String actor, String action, String resource) {
    Outbox outbox = door.context.getBean(Outbox.class);
    AuditEvent event =
        new AuditEvent(actor, "operator", action, resource, Instant.now(), "trainer", null);
    door.context
        .getBean(TransactionTemplate.class)
        .executeWithoutResult(_ -> outbox.publish(Topics.AUDIT, resource, event));
  }

  private JsonNode made(String name, String role) {
    return TestDoor.JSON.readTree(
        door.call(
                "POST",
                "/api/v1/keys",
                door.adminKey,
                "{\"name\": \"%s\", \"role\": \"%s\"}".formatted(name, role))
            .body());
  }
}
