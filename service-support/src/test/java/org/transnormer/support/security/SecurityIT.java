package org.transnormer.support.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.transnormer.support.SharedService;
import org.transnormer.support.TestService;

class SecurityIT {
  private final TestService service = SharedService.get();

  @ParameterizedTest
  @CsvSource({
    "GET,  /api/v1/things/1,      VIEWER,   200",
    "GET,  /api/v1/things/1,      SERVICE,  200",
    "POST, /api/v1/things,        VIEWER,   403",
    "POST, /api/v1/things,        OPERATOR, 200",
    "POST, /api/v1/things,        SERVICE,  200",
    "GET,  /internal/v1/things,   ADMIN,    403",
    "GET,  /internal/v1/things,   SERVICE,  200",
    "GET,  /api/v1/secrets,       OPERATOR, 403",
    "GET,  /api/v1/secrets,       SERVICE,  403",
    "GET,  /api/v1/secrets,       ADMIN,    200",
    "GET,  /v1/models,            VIEWER,   200",
    "GET,  /v3/api-docs,          VIEWER,   200",
    "GET,  /actuator/prometheus,  VIEWER,   200",
    "GET,  /actuator/env,         ADMIN,    404",
  })
  void letsEachRoleDoItsPart(String method, String path, Role role, int status) {
    String body = method.equals("POST") ? "{\"name\":\"a\",\"heads\":1}" : null;

    assertThat(call(method, path, service.token(role), body)).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/things/1",
        "/api/v1/nothing",
        "/api/v1/dead-letters",
        "/internal/v1/things",
        "/v1/models",
        "/v3/api-docs",
        "/actuator/prometheus",
        "/actuator",
        "/anything/else",
        "/"
      })
  void letsNobodyInWithoutAToken(String path) {
    assertThat(call("GET", path, null, null)).isEqualTo(401);
    assertThat(call("POST", path, null, "{}")).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/actuator/health", "/actuator/health/liveness", "/actuator/health/readiness"})
  void showsItsHealthToAnybody(String path) {
    assertThat(call("GET", path, null, null)).isEqualTo(200);
  }

  @Test
  void answersInTheShapeOfEachFamily() {
    var api = service.call(HttpMethod.GET, "/api/v1/things/1", null, null, Map.of());
    assertThat(api.headers().getContentType()).hasToString("application/problem+json");
    assertThat(api.headers().getFirst("WWW-Authenticate")).isEqualTo("Bearer");
    assertThat(api.json().at("/type").asString()).isEqualTo("/problems/unauthenticated");
    assertThat(api.json().at("/requestId").asString())
        .isEqualTo(api.headers().getFirst("X-Request-Id"));

    var openAi = service.call(HttpMethod.GET, "/v1/models", null, null, Map.of());
    assertThat(openAi.json().at("/error/code").asString()).isEqualTo("unauthenticated");
    assertThat(openAi.json().at("/error/message").asString()).contains("token");
  }

  @Test
  void takesTokensThatTheServiceKnowsItself() {
    var answer = service.call(HttpMethod.GET, "/internal/v1/things", "run-token", null, Map.of());

    assertThat(answer.text()).isEqualTo("run-7");
  }

  @Test
  void letsAnIdentitySpeakForItselfOnly() {
    TokenIssuer trainer = service.keys().issuer("trainer");

    assertThat(status(trainer.ownToken())).isEqualTo(200);
    assertThat(status(trainer.issue("alice", Role.ADMIN, "Alice"))).isEqualTo(401);
    assertThat(status(trainer.issue("corpus", Role.SERVICE, "corpus"))).isEqualTo(401);
    assertThat(status(service.keys().issuer("door").issue("trainer", Role.SERVICE, "t")))
        .isEqualTo(401);
  }

  @Test
  void refusesStrangersAndForgeries(@TempDir Path folder) throws Exception {
    IdentityKeys strangers = IdentityKeys.generate(folder, "door", "stranger");

    assertThat(status(strangers.issuer("stranger").ownToken())).isEqualTo(401);
    assertThat(status(strangers.issuer("door").issue("a", Role.ADMIN, "a"))).isEqualTo(401);
    assertThat(status("nonsense")).isEqualTo(401);
    assertThat(status(new PlainJWT(claims(Duration.ofMinutes(5))).serialize())).isEqualTo(401);

    SignedJWT symmetric =
        new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims(Duration.ofMinutes(5)));
    symmetric.sign(new MACSigner(new byte[32]));
    assertThat(status(symmetric.serialize())).isEqualTo(401);

    String token = service.token(Role.VIEWER);
    String[] parts = token.split("\\.", -1);
    assertThat(status(parts[0] + "." + parts[1] + ".")).isEqualTo(401);
  }

  @Test
  void refusesATokenThatIsOverOrLivesTooLong() {
    Clock past = Clock.fixed(Instant.now().minus(Duration.ofHours(1)), ZoneOffset.UTC);
    assertThat(status(issuer(past, Duration.ofMinutes(5)).issue("a", Role.VIEWER, "a")))
        .isEqualTo(401);
    assertThat(status(issuer(Clock.systemUTC(), Duration.ofDays(1)).issue("a", Role.VIEWER, "a")))
        .isEqualTo(401);
    assertThat(
            status(issuer(Clock.systemUTC(), Duration.ofMinutes(1)).issue("a", Role.VIEWER, "a")))
        .isEqualTo(200);
  }

  private TokenIssuer issuer(Clock clock, Duration ttl) {
    String key = service.keys().properties("door").get("tnl.security.private-key");
    return new TokenIssuer("door", Pem.privateKey(Path.of(String.valueOf(key))), ttl, clock);
  }

  private static JWTClaimsSet claims(Duration ttl) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer("door")
        .subject("a")
        .claim("role", "admin")
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plus(ttl)))
        .build();
  }

  private int status(String token) {
    return call("GET", "/api/v1/things/1", token, null);
  }

  private int call(String method, String path, @Nullable String token, @Nullable String body) {
    return service.call(HttpMethod.valueOf(method), path, token, body, Map.of()).status();
  }
}
