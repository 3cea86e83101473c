package org.transnormer.support.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.KafkaTemplate;
import org.transnormer.support.SharedService;
import org.transnormer.support.TestService;
import org.transnormer.support.Transactions;
import org.transnormer.support.events.RunEnded;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

class EventsIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final TestService service = SharedService.get();
  private final Outbox outbox = service.bean(Outbox.class);
  private final Transactions transactions = service.bean(Transactions.class);

  @AfterEach
  void heal() {
    SharedService.CONSUMER_BROKEN.set(false);
  }

  @Test
  void publishesWhatCommitsInOrderAndNothingElse() {
    IntStream.range(0, 20).forEach(i -> commit(event("ordered-" + i)));
    assertThatIllegalStateException()
        .isThrownBy(() ->
            transactions.inTransaction(() -> {
              outbox.publish(Topics.RUN_ENDED, "key", event("rolled-back"));
              throw new IllegalStateException("no");
            }));
    assertThatIllegalStateException()
        .isThrownBy(() -> outbox.publish(Topics.RUN_ENDED, "key", event("outside")));
    commit(event("ordered-20"));

    await().atMost(SOON).until(() -> consumed("ordered-20") == 1);
    assertThat(SharedService.CONSUMED)
        .extracting(RunEnded::runId)
        .filteredOn(id -> id.startsWith("ordered-"))
        .containsExactly(
            IntStream.rangeClosed(0, 20).mapToObj(i -> "ordered-" + i).toArray(String[]::new));
    assertThat(consumed("rolled-back")).isZero();
    await()
        .atMost(SOON)
        .until(() ->
            service
                    .bean(JdbcClient.class)
                    .sql("SELECT count(*) FROM outbox")
                    .query(Long.class)
                    .single()
                == 0);
  }

  @Test
  void consumesADuplicateOnceAndIgnoresNewFields() {
    String id = UUID.randomUUID().toString();
    String json = "{\"runId\":\"twice\",\"state\":\"succeeded\",\"addedLater\":1}";
    int tries = SharedService.TRIES.get();

    send(id, json);
    send(id, json);

    await().atMost(SOON).until(() -> SharedService.TRIES.get() >= tries + 2);
    assertThat(consumed("twice")).isOne();
  }

  @Test
  void putsAsideWhatNobodyCanConsumeAndSendsItAgain() {
    SharedService.CONSUMER_BROKEN.set(true);
    int tries = SharedService.TRIES.get();
    commit(event("broken"));

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(letter("broken").isMissingNode()).isFalse());
    JsonNode letter = letter("broken");
    assertThat(SharedService.TRIES.get() - tries).isEqualTo(3);
    assertThat(letter.at("/topic").asString()).isEqualTo(Topics.TRAINER_RUN_ENDED);
    assertThat(letter.at("/reason").asString()).contains("the consumer is broken");
    assertThat(letter.at("/consumer").asString()).isEqualTo("support-test");
    assertThat(letter.at("/eventType").asString()).isEqualTo("RunEnded");

    SharedService.CONSUMER_BROKEN.set(false);
    String path = "/api/v1/dead-letters/" + letter.at("/id").asString() + "/replay";
    assertThat(service.post(Role.OPERATOR, path, null, Map.of()).status()).isEqualTo(202);

    await().atMost(SOON).until(() -> consumed("broken") == 1);
    assertThat(letter("broken").at("/replayedBy").asString()).isEqualTo("key-1");
    assertThat(
            service
                .post(Role.OPERATOR, "/api/v1/dead-letters/none/replay", null, Map.of())
                .status())
        .isEqualTo(404);
  }

  @Test
  void putsAsideWhatIsNoJsonAtOnce() {
    send(UUID.randomUUID().toString(), "poison {");

    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(letter("poison").isMissingNode()).isFalse());
    commit(event("after-poison"));
    await().atMost(SOON).until(() -> consumed("after-poison") == 1);
  }

  @Test
  void runsAnEffectAgainThatFailed() {
    ProcessedMessages processed = service.bean(ProcessedMessages.class);
    String id = UUID.randomUUID().toString();
    AtomicInteger effects = new AtomicInteger();

    assertThatIllegalStateException()
        .isThrownBy(() ->
            processed.once(
                "effect",
                id,
                () -> {
                  throw new IllegalStateException("first");
                }));
    assertThat(processed.once("effect", id, effects::incrementAndGet)).isTrue();
    assertThat(processed.once("effect", id, effects::incrementAndGet)).isFalse();
    assertThat(processed.once("other", id, effects::incrementAndGet)).isTrue();
    assertThat(effects).hasValue(2);
  }

  private void commit(RunEnded event) {
    transactions.inTransaction(() -> outbox.publish(Topics.RUN_ENDED, "key", event));
  }

  private void send(String eventId, String json) {
    @SuppressWarnings("unchecked")
    KafkaTemplate<String, String> kafka = service.bean(KafkaTemplate.class);
    var message = new ProducerRecord<>(Topics.TRAINER_RUN_ENDED, "key", json);
    message
        .headers()
        .add(EventHeaders.EVENT_ID, eventId.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    kafka.send(message).join();
  }

  private JsonNode letter(String payload) {
    JsonNode items = service.get(Role.VIEWER, "/api/v1/dead-letters").json().at("/items");
    return items
        .valueStream()
        .filter(each -> each.at("/payload").asString().contains(payload))
        .findFirst()
        .orElse(items.at("/missing"));
  }

  private static RunEnded event(String run) {
    return new RunEnded(run, "succeeded", null, null);
  }

  private static long consumed(String run) {
    return SharedService.CONSUMED.stream().filter(event -> event.runId().equals(run)).count();
  }
}
