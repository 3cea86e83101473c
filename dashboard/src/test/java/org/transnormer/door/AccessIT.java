package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

class AccessIT {
  private final TestDoor door = TestDoor.shared();

  @ParameterizedTest
  @CsvSource({
    "GET,    /api/v1/corpora,                    viewer",
    "GET,    /api/v1/overview,                   viewer",
    "GET,    /api/v1/jobs,                       viewer",
    "GET,    /api/v1/system,                     viewer",
    "GET,    /v1/models,                         viewer",
    "POST,   /v1/completions,                    viewer",
    "POST,   /api/v1/cleaning-runs/7/what-if,    viewer",
    "POST,   /api/v1/recipes/validate,           viewer",
    "GET,    /v3/api-docs,                       viewer",
    "GET,    /actuator/prometheus,               viewer",
    "POST,   /api/v1/corpora,                    operator",
    "PATCH,  /api/v1/corpora/7,                  operator",
    "DELETE, /api/v1/corpora/7,                  operator",
    "POST,   /api/v1/jobs/corpus-7/stop,         operator",
    "PUT,    /api/v1/aliases/main,               operator",
    "PUT,    /api/v1/deployments/main,           operator",
    "POST,   /api/v1/review-items/7/decision,    operator",
    "POST,   /api/v1/system/dead-letters/door/7/replay, operator",
    "GET,    /api/v1/keys,                       admin",
    "POST,   /api/v1/keys,                       admin",
    "DELETE, /api/v1/keys/7,                     admin",
    "GET,    /api/v1/audit,                      admin",
  })
  void needsTheRole(String method, String path, String role) {
    for (Role each : List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN)) {
      int status = door.call(method, path, keyOf(each)).statusCode();

      boolean may = each.includes(Role.of(role).orElseThrow());
      assertThat(status == 403).as("%s %s as %s: %d", method, path, each, status).isEqualTo(!may);
      assertThat(status).isNotEqualTo(401);
    }
    assertThat(door.call(method, path, null).statusCode()).isEqualTo(401);
  }

  private static final class Keys {
    static final String VIEWER = TestDoor.shared().key("viewer");
    static final String OPERATOR = TestDoor.shared().key("operator");
  }

  private String keyOf(Role role) {
    return switch (role) {
      case VIEWER -> Keys.VIEWER;
      case OPERATOR -> Keys.OPERATOR;
      case ADMIN, SERVICE -> door.adminKey;
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"/internal/v1/corpora", "/internal/anything"})
  void handsNothingOnThatIsInternal(String path) {
    assertThat(door.call("GET", path, door.adminKey).statusCode()).isEqualTo(403);
  }

  @Test
  void takesATokenThatAServiceSignedForItself() {
    String token = door.identities.issuer("trainer").ownToken();

    assertThat(door.call("GET", "/api/v1/corpora", token).statusCode()).isEqualTo(200);
    String handed = door.services.asked("/api/v1/corpora").getLast().header("Authorization");
    assertThat(handed).isEqualTo("Bearer " + token);
  }

  /** Every path of every committed OpenAPI document, with every method that it names. */
  @Test
  void isOpenWithoutAKeyForHealthAndFilesOnly() throws IOException {
    List<String> open = new ArrayList<>();
    for (Operation operation : operations()) {
      int status = door.call(operation.method(), operation.address(), null).statusCode();
      if (status != 401) {
        open.add(operation + " " + status);
      }
    }

    // Logging in is how one gets in; without a key in its body it is a bad request.
    assertThat(open).containsExactly("POST /api/v1/session 400");
    assertThat(door.call("GET", "/actuator/health", null).statusCode()).isEqualTo(200);
    assertThat(door.call("GET", "/actuator/health/readiness", null).statusCode()).isEqualTo(200);
    for (String path : List.of("/actuator/info", "/actuator/prometheus", "/error", "/nothing")) {
      assertThat(door.call("GET", path, null).statusCode()).as(path).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/corpora/%00", "/api/v1/documents/a%2Fb", "/assets/%5C"})
  void answersAnAddressThatTheContainerRefusesWithAProblem(String path) {
    HttpResponse<String> answer = door.call("GET", path, door.adminKey);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/problem+json");
    assertThat(TestDoor.JSON.readTree(answer.body()).path("type").asString())
        .isEqualTo("/problems/invalid-request");
  }

  /** The type of a problem is an address: what to do about it can be read there by anybody. */
  @Test
  void explainsEachTypeOfProblemAtItsAddress() throws IOException {
    String type =
        TestDoor.JSON
            .readTree(door.call("GET", "/api/v1/corpora", null).body())
            .path("type")
            .asString();

    HttpResponse<String> page = door.call("GET", type, null);

    assertThat(type).isEqualTo("/problems/unauthenticated");
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/plain;charset=UTF-8");
    assertThat(page.body())
        .isEqualTo(Files.readString(Path.of("..", "docs", "problems", "unauthenticated.md")));
    assertThat(door.call("GET", "/problems/no-such-problem", null).statusCode()).isEqualTo(404);
  }

  /** The same paths as each role: who may not is told so before anybody is asked. */
  @Test
  void letsEachRoleDoWhatItMayAndNothingElse() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Operation operation : operations()) {
      for (Role each : List.of(Role.VIEWER, Role.OPERATOR, Role.ADMIN)) {
        int status = door.call(operation.method(), operation.address(), keyOf(each)).statusCode();
        boolean refused = status == 401 || status == 403;
        if (refused == each.includes(operation.least())) {
          wrong.add("%s as %s: %d".formatted(operation, each, status));
        }
      }
    }

    assertThat(wrong).isEmpty();
  }

  /** A service asks for no other role than the door: who is let in is not turned away behind it. */
  @Test
  void isDescribedWithTheRoleThatTheDoorAsksFor() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Operation operation : operations()) {
      boolean open = operation.toString().equals("POST /api/v1/session");
      if (!operation.described().equals(open ? "" : operation.least().text())) {
        wrong.add("%s: %s".formatted(operation, operation.described()));
      }
    }

    assertThat(wrong).isEmpty();
  }

  /**
   * @param described least role by the document; empty for everybody
   */
  private record Operation(String method, String path, String described) {
    private static final Set<String> CALCULATE =
        Set.of("/api/v1/cleaning-runs/{id}/what-if", "/api/v1/recipes/validate");

    String address() {
      return path.replaceAll("\\{[^}]*}", "7");
    }

    /** Reading is for viewers, changing for operators, keys and the audit are for admins. */
    Role least() {
      if (path.startsWith("/api/v1/keys") || path.equals("/api/v1/audit")) {
        return Role.ADMIN;
      }
      boolean reads =
          method.equals("GET")
              || path.startsWith("/v1/")
              || path.equals("/api/v1/session")
              || CALCULATE.contains(path);
      return reads ? Role.VIEWER : Role.OPERATOR;
    }

    @Override
    public String toString() {
      return method + " " + path;
    }
  }

  private static List<Operation> operations() throws IOException {
    List<Operation> operations = new ArrayList<>();
    for (JsonNode document : documents()) {
      for (var path : document.path("paths").properties()) {
        for (var operation : path.getValue().properties()) {
          operations.add(
              new Operation(
                  operation.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  operation.getValue().at("/security/0/api-key/0").asString("")));
        }
      }
    }
    return operations;
  }

  private static List<JsonNode> documents() throws IOException {
    Path modules = Path.of("..");
    List<JsonNode> documents = new ArrayList<>();
    for (String name : List.of("corpus", "cleaning", "trainer", "inference", "dashboard")) {
      Path folder = modules.resolve(name.equals("dashboard") ? name : name + "-service");
      String file = (name.equals("dashboard") ? "door" : name) + ".json";
      JsonNode document =
          TestDoor.JSON.readTree(Files.readString(folder.resolve("src/main/openapi/" + file)));
      assertThat(document.path("paths").size()).as(file).isGreaterThan(5);
      documents.add(document);
    }
    return documents;
  }

  @Test
  void opensASessionThatOnlyThePagesOwnScriptCanUseToChangeThings() {
    HttpResponse<String> in = logIn(keyOf(Role.OPERATOR));
    String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
    String csrf = TestDoor.JSON.readTree(in.body()).path("csrfToken").asString();

    assertThat(cookie).contains("HttpOnly", "SameSite=Strict", "Path=/").doesNotContain("tnl_ey");
    assertThat(withSession("GET", "/api/v1/corpora", cookie, null).statusCode()).isEqualTo(200);
    HttpResponse<String> forged = withSession("POST", "/api/v1/jobs/cleaning-5/stop", cookie, null);
    assertThat(forged.statusCode()).isEqualTo(403);
    assertThat(forged.body()).contains("X-CSRF-Token");
    assertThat(withSession("POST", "/api/v1/jobs/cleaning-5/stop", cookie, "wrong").statusCode())
        .isEqualTo(403);
    assertThat(withSession("POST", "/api/v1/jobs/cleaning-5/stop", cookie, csrf).statusCode())
        .isEqualTo(200);
    assertThat(withSession("GET", "/api/v1/keys", cookie, null).statusCode()).isEqualTo(403);
  }

  @Test
  void tellsWhoIsLoggedInAndForgetsItAtTheLogOut() {
    HttpResponse<String> in = logIn(keyOf(Role.VIEWER));
    String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
    String csrf = TestDoor.JSON.readTree(in.body()).path("csrfToken").asString();

    JsonNode who =
        TestDoor.JSON.readTree(withSession("GET", "/api/v1/session", cookie, null).body());
    HttpResponse<String> out = withSession("DELETE", "/api/v1/session", cookie, csrf);

    assertThat(who.path("role").asString()).isEqualTo("viewer");
    assertThat(who.path("name").asString()).isEqualTo("a viewer");
    assertThat(who.path("csrfToken").asString()).isEqualTo(csrf);
    assertThat(out.statusCode()).isEqualTo(204);
    assertThat(out.headers().firstValue("Set-Cookie").orElseThrow()).contains("Max-Age=0");
    assertThat(withSession("GET", "/api/v1/session", cookie, null).statusCode()).isEqualTo(401);
  }

  @Test
  void endsASessionWithItsKey() {
    JsonNode made =
        TestDoor.JSON.readTree(
            door.call(
                    "POST",
                    "/api/v1/keys",
                    door.adminKey,
                    "{\"name\":\"short\",\"role\":\"viewer\"}")
                .body());
    String key = made.path("key").asString();
    String cookie = logIn(key).headers().firstValue("Set-Cookie").orElseThrow();

    int revoked =
        door.call("DELETE", "/api/v1/keys/" + made.path("id").asString(), door.adminKey)
            .statusCode();

    assertThat(revoked).isEqualTo(204);
    assertThat(door.call("GET", "/api/v1/corpora", key).statusCode()).isEqualTo(401);
    assertThat(withSession("GET", "/api/v1/corpora", cookie, null).statusCode()).isEqualTo(401);
  }

  private HttpResponse<String> logIn(String key) {
    HttpResponse<String> in =
        door.call("POST", "/api/v1/session", null, "{\"key\": \"%s\"}".formatted(key));
    assertThat(in.statusCode()).isEqualTo(200);
    assertThat(in.body()).doesNotContain(key);
    return in;
  }

  private HttpResponse<String> withSession(
      String method, String path, String cookie, @org.jspecify.annotations.Nullable String csrf) {
    var request =
        door.request(method, path, null)
            .method(method, BodyPublishers.noBody())
            .header("Cookie", cookie.substring(0, cookie.indexOf(';')));
    if (csrf != null) {
      request.header("X-CSRF-Token", csrf);
    }
    return door.send(request);
  }

  @Test
  void sendsHeadersThatKeepABrowserFromDoingHarm() {
    HttpResponse<String> answer = door.call("GET", "/", null);

    assertThat(answer.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(answer.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(answer.headers().firstValue("Referrer-Policy")).contains("same-origin");
    Set<String> names = answer.headers().map().keySet();
    assertThat(names).doesNotContain("server", "access-control-allow-origin");
  }
}
