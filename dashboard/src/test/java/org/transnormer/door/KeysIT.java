package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KeysIT {
  private final TestDoor door = TestDoor.shared();

  @Test
  void showsANewKeyOnceAndKeepsOnlyItsHash() {
    HttpResponse<String> made =
        door.call(
            "POST", "/api/v1/keys", door.adminKey, "{\"name\": \"ci\", \"role\": \"operator\"}");

    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(made.headers().firstValue("Cache-Control")).contains("no-store");
    JsonNode key = TestDoor.JSON.readTree(made.body());
    assertThat(key.path("key").asString()).startsWith("tnl_").hasSizeGreaterThanOrEqualTo(47);
    String listed = door.call("GET", "/api/v1/keys", door.adminKey).body();
    assertThat(listed)
        .contains(key.path("id").asString())
        .doesNotContain(key.path("key").asString());
  }

  @Test
  void refusesAKeyThatIsNoneOrForNobody() {
    for (String body :
        List.of(
            "{}",
            "{\"name\": \" \", \"role\": \"viewer\"}",
            "{\"name\": \"x\", \"role\": \"service\"}",
            "{\"name\": \"x\", \"role\": \"viewer\", \"expiresIn\": \"-PT1S\"}",
            "{\"name\": \"x\", \"role\": \"viewer\", \"colour\": 1}")) {
      HttpResponse<String> answer = door.call("POST", "/api/v1/keys", door.adminKey, body);

      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(answer.body()).as(body).contains("errors", "pointer");
    }
  }

  @Test
  void endsAKeyWhenItsTimeIsOver() {
    String key =
        TestDoor.JSON
            .readTree(
                door.call(
                        "POST",
                        "/api/v1/keys",
                        door.adminKey,
                        "{\"name\": \"soon\", \"role\": \"viewer\", \"expiresIn\": \"PT2S\"}")
                    .body())
            .path("key")
            .asString();

    assertThat(door.call("GET", "/api/v1/corpora", key).statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> door.call("GET", "/api/v1/corpora", key).statusCode() == 401);
  }

  /** A door of its own: both would disturb the other tests. */
  @Test
  void keepsTheLastAdminKeyAndMakesWhoTriesKeysWait() {
    try (TestDoor alone = new TestDoor(Map.of("tnl.door.login-failures", "3"))) {
      String id = alone.get("/api/v1/keys").at("/items/0/id").asString();

      HttpResponse<String> kept = alone.call("DELETE", "/api/v1/keys/" + id, alone.adminKey);

      assertThat(kept.statusCode()).isEqualTo(409);
      assertThat(kept.body()).contains("last admin key");
      String wrong = "tnl_" + "x".repeat(43);
      for (int i = 0; i < 3; i++) {
        assertThat(alone.call("GET", "/api/v1/corpora", wrong).statusCode()).isEqualTo(401);
      }
      HttpResponse<String> late = alone.call("GET", "/api/v1/corpora", wrong);
      assertThat(late.statusCode()).isEqualTo(429);
      assertThat(late.headers().firstValue("Retry-After")).isPresent();
      assertThat(alone.call("GET", "/api/v1/corpora", alone.adminKey).statusCode()).isEqualTo(200);
      assertThat(logIn(alone, wrong).statusCode()).isEqualTo(429);
      assertThat(logIn(alone, alone.adminKey).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> logIn(TestDoor door, String key) {
    return door.call("POST", "/api/v1/session", null, "{\"key\": \"" + key + "\"}");
  }
}
