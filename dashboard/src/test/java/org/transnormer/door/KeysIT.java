package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
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
}
