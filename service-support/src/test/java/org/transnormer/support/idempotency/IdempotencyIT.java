package org.transnormer.support.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
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
  void saysWhileTheFirstIsAtWork() throws Exception {
    SharedService.launching = new CountDownLatch(1);
    String body = "{\"name\":\"slow\",\"heads\":1}";
    CompletableFuture<Answer> first = CompletableFuture.supplyAsync(() -> launch("slow", body));
    assertThat(SharedService.LAUNCH_BEGUN.await(20, TimeUnit.SECONDS)).isTrue();

    Answer second = launch("slow", body);
    SharedService.launching.countDown();

    assertThat(second.status()).isEqualTo(409);
    assertThat(first.get(20, TimeUnit.SECONDS).status()).isEqualTo(202);
  }

  private Answer launch(String key, String body) {
    return service.post(Role.OPERATOR, "/api/v1/launches", body, Map.of("Idempotency-Key", key));
  }
}
