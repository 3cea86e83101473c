package org.transnormer.support.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.SharedService;
import org.transnormer.support.TestService;
import org.transnormer.support.TestService.Answer;
import org.transnormer.support.security.Role;

class IdempotencyIT {
  private static final String BODY = "{\"name\":\"a\",\"heads\":1}";

  private final TestService service = SharedService.get();

  @Test
  void launchesOnceAndAnswersTheSameAgain() {
    Answer first = launch("once", BODY);
    int launches = SharedService.LAUNCHES.get();

    Answer again = launch("once", BODY);

    assertThat(first.status()).isEqualTo(202);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.text()).isEqualTo(first.text());
    assertThat(again.headers().getFirst("Location"))
        .isEqualTo(first.headers().getFirst("Location"));
    assertThat(again.headers().getContentType()).isEqualTo(first.headers().getContentType());
    assertThat(again.headers().getFirst("Idempotent-Replayed")).isEqualTo("true");
    assertThat(SharedService.LAUNCHES).hasValue(launches);
  }

  @Test
  void needsAKey() {
    Answer answer = service.post(Role.OPERATOR, "/api/v1/launches", BODY, Map.of());

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/pointer").asString()).isEqualTo("Idempotency-Key");
    assertThat(launch("x".repeat(300), BODY).status()).isEqualTo(400);
  }

  @Test
  void refusesTheKeyForAnotherRequest() {
    launch("other", BODY);

    assertThat(launch("other", "{\"name\":\"b\",\"heads\":1}").status()).isEqualTo(422);
  }

  @Test
  void knowsARequestWhoseMembersStandInAnotherOrder() {
    Answer first = launch("order", BODY);

    Answer again = launch("order", "{ \"heads\": 1, \"name\": \"a\" }");

    assertThat(again.status()).isEqualTo(202);
    assertThat(again.text()).isEqualTo(first.text());
  }

  @Test
  void keepsKeysOfCallersApart() {
    Answer mine = launch("shared", BODY);
    String bob = service.keys().issuer("door").issue("key-2", Role.OPERATOR, "Bob");

    Answer his =
        service.call(
            HttpMethod.POST, "/api/v1/launches", bob, BODY, Map.of("Idempotency-Key", "shared"));

    assertThat(his.text()).isNotEqualTo(mine.text());
  }

  @Test
  void forgetsAFailure() {
    String body = "{\"name\":\"missing\",\"heads\":1}";
    int before = SharedService.LAUNCHES.get();

    assertThat(launch("fails", body).status()).isEqualTo(404);
    assertThat(launch("fails", body).status()).isEqualTo(404);

    assertThat(SharedService.LAUNCHES.get() - before).isEqualTo(2);
  }

  @Test
  void findsALaunchWhoseAnswerWasLost() {
    String body = "{\"name\":\"lost\",\"heads\":1}";
    Answer failed;
    System.setProperty(FailPoints.PROPERTY, "launch.afterCommit:throw");
    try {
      failed = launch("lost", body);
    } finally {
      System.clearProperty(FailPoints.PROPERTY);
    }
    int number = SharedService.LAUNCHES.get();

    Answer again = launch("lost", body);
    Answer oncemore = launch("lost", body);

    assertThat(failed.status()).isEqualTo(500);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.headers().getFirst("Location")).isEqualTo("/api/v1/launches/" + number);
    assertThat(again.json().path("number").asInt()).isEqualTo(number);
    assertThat(oncemore.text()).isEqualTo(again.text());
    assertThat(SharedService.COMMITTED).containsOnlyOnce("lost");
    assertThat(launch("lost", BODY).status()).as("the key stays with its request").isEqualTo(422);
  }

  @Test
  void findsALaunchWhoseProcessDiedBeforeItKeptTheAnswer() {
    String body = "{\"name\":\"died\",\"heads\":1}";
    System.setProperty(FailPoints.PROPERTY, "idempotency.beforeKeep:throw");
    try {
      assertThat(launch("died", body).status()).isEqualTo(500);
    } finally {
      System.clearProperty(FailPoints.PROPERTY);
    }

    assertThat(launch("died", body).status()).isEqualTo(202);
    assertThat(SharedService.COMMITTED).containsOnlyOnce("died");
  }

  @Test
  void forgetsALaunchThatWasRolledBack() {
    String body = "{\"name\":\"rolled-back\",\"heads\":1}";
    int before = SharedService.LAUNCHES.get();

    assertThat(launch("rolled-back", body).status()).isEqualTo(500);
    assertThat(launch("rolled-back", body).status()).isEqualTo(500);

    assertThat(SharedService.LAUNCHES.get() - before).isEqualTo(2);
  }

  @Test
  void refusesTheLaunchOfARequestThatWasGivenUp() throws Exception {
    String body = "{\"name\":\"slow and given up\",\"heads\":1}";
    CountDownLatch launching = holdLaunches();
    CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> launch("late", body));
    assertThat(SharedService.launchBegun.await(20, TimeUnit.SECONDS)).isTrue();
    SharedService.launching = new CountDownLatch(0);
    service
        .bean(JdbcClient.class)
        .sql(
            "UPDATE idempotent_request SET started_at = started_at - interval '1 hour'"
                + " WHERE key = 'late'")
        .update();

    Answer second = launch("late", body);
    launching.countDown();

    assertThat(second.status()).isEqualTo(202);
    assertThat(first.get(20, TimeUnit.SECONDS).status()).isEqualTo(500);
    assertThat(SharedService.COMMITTED).containsOnlyOnce("slow and given up");
    assertThat(launch("late", body).text()).isEqualTo(second.text());
  }

  @Test
  void saysWhileTheFirstIsAtWork() throws Exception {
    CountDownLatch launching = holdLaunches();
    String body = "{\"name\":\"slow\",\"heads\":1}";
    CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> launch("slow", body));
    assertThat(SharedService.launchBegun.await(20, TimeUnit.SECONDS)).isTrue();

    Answer second = launch("slow", body);
    launching.countDown();

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.json().path("type").asString()).isEqualTo("/problems/still-at-work");
    assertThat(second.headers().getFirst("Retry-After")).isEqualTo("1");
    assertThat(first.get(20, TimeUnit.SECONDS).status()).isEqualTo(202);
  }

  private static CountDownLatch holdLaunches() {
    CountDownLatch launching = new CountDownLatch(1);
    SharedService.launchBegun = new CountDownLatch(1);
    SharedService.launching = launching;
    return launching;
  }

  private Answer launch(String key, String body) {
    return service.post(Role.OPERATOR, "/api/v1/launches", body, Map.of("Idempotency-Key", key));
  }
}
