package org.transnormer.support.removal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.support.SupportConfiguration;
import org.transnormer.support.TestService;
import org.transnormer.support.TestService.Answer;
import org.transnormer.support.Transactions;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;

/** A service that removes things, which others, and itself as another, refer to. */
class RemovalIT {
  private static final Caller CALLER = new Caller("key-1", Role.OPERATOR, "Test");

  @SuppressWarnings("NullAway.Init")
  private static TestService service;

  private final JdbcClient jdbc = service.bean(JdbcClient.class);
  private final RemoveThings remove = service.bean(RemoveThings.class);
  private final Announcements announcements = service.bean(Announcements.class);
  private final ObjectStore store = service.bean(ObjectStore.class);
  private final Transactions transactions = service.bean(Transactions.class);
  private final String id = UUID.randomUUID().toString();

  /** Things are rows of a table of their own, each with a folder of its name. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({SupportConfiguration.class, RemovalConfiguration.class})
  static class Service {
    @Bean
    References references(JdbcClient jdbc) {
      return new References() {
        @Override
        public List<String> to(Kind kind, String id) {
          return List.of();
        }

        @Override
        public boolean has(Kind kind, String id) {
          return jdbc.sql("select 1 from thing where id = ? for share")
              .param(id)
              .query(Integer.class)
              .optional()
              .isPresent();
        }
      };
    }

    @Bean
    Folders folders(JdbcClient jdbc) {
      return prefix ->
          Set.copyOf(
              jdbc.sql("select 'things/' || id from thing where 'things/' || id = ?")
                  .param(prefix)
                  .query((row, _) -> row.getString(1))
                  .list());
    }
  }

  @BeforeAll
  static void start() {
    service =
        TestService.start(
            Service.class,
            Map.of(
                "spring.flyway.locations",
                "classpath:db/support,classpath:db/support-removal",
                "tnl.retention.keep",
                "2s",
                "tnl.retention.sweep",
                "100ms"));
    service.bean(JdbcClient.class).sql("create table thing (id text primary key)").update();
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private void make() throws IOException {
    jdbc.sql("insert into thing values (?)").param(id).update();
    store.put("things/" + id + "/file", new byte[7]);
  }

  /** The thing; who asks for its referrers is told those who have announced themselves. */
  private class Thing implements Removable {
    @Override
    public Kind kind() {
      return Kind.SNAPSHOT;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String resource() {
      return "/api/v1/snapshots/" + id;
    }

    @Override
    public boolean lock() {
      return !jdbc.sql("select 1 from thing where id = ? for update")
          .param(id)
          .query()
          .listOfRows()
          .isEmpty();
    }

    @Override
    public List<String> referrers() {
      return announcements.to(kind(), id);
    }

    @Override
    public Contents contents() {
      List<String> folders = List.of("things/" + id);
      return new Contents(Map.of("things", 1L), Folders.bytes(store, folders), folders);
    }

    @Override
    public void remove() {
      jdbc.sql("delete from thing where id = ?").param(id).update();
    }
  }

  private boolean isThere() {
    return new Thing().lock();
  }

  private String presence() {
    Answer answer =
        service.get(
            Role.SERVICE,
            "/internal/v1/presence?kind=snapshot&id=%s&folder=things/%s".formatted(id, id));
    return answer.json().path("presence").asString();
  }

  @Test
  void saysWhatItWouldDoAndThenDoesIt() throws IOException {
    make();

    Removal dry = remove.remove(new Thing(), true, CALLER);
    assertThat(isThere()).isTrue();
    Removal done = remove.remove(new Thing(), false, CALLER);

    assertThat(dry)
        .isEqualTo(new Removal("snapshot", id, true, true, Map.of("things", 1L), 7, List.of()));
    assertThat(done.dryRun()).isFalse();
    assertThat(isThere()).isFalse();
    assertThat(presence()).isEqualTo("discarded");
    assertThatThrownBy(() -> remove.remove(new Thing(), false, CALLER))
        .isInstanceOf(NotFoundProblem.class);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(store.list("things/" + id)).isEmpty());
    await().untilAsserted(() -> assertThat(presence()).isEqualTo("unknown"));
  }

  @Test
  void whoHasAnnouncedAReferenceBeforeIsSeen() throws IOException {
    make();

    announcements.announce(
        Kind.SNAPSHOT,
        id,
        "a token set that is being launched",
        _ -> {
          assertThat(remove.remove(new Thing(), true, CALLER).possible()).isFalse();
          assertThatThrownBy(() -> remove.remove(new Thing(), false, CALLER))
              .isInstanceOf(StillReferredToProblem.class)
              .hasMessageContaining("a token set that is being launched");
          Answer asked =
              service.get(Role.SERVICE, "/internal/v1/references?kind=snapshot&id=" + id);
          assertThat(asked.json().at("/referrers/0").asString()).startsWith("a token set");
          return true;
        });

    assertThat(announcements.to(Kind.SNAPSHOT, id)).as("withdrawn").isEmpty();
    assertThat(remove.remove(new Thing(), false, CALLER).possible()).isTrue();
  }

  @Test
  void whoAnnouncesAReferenceAfterTheLookWaitsForTheRemovalAndSeesIt() throws Exception {
    make();
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Removable slow =
        new Thing() {
          @Override
          public List<String> referrers() {
            List<String> all = new ArrayList<>(super.referrers());
            looked.countDown();
            uninterrupted(goOn);
            return all;
          }
        };

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CompletableFuture<Removal> removal =
          CompletableFuture.supplyAsync(() -> remove.remove(slow, false, CALLER), threads);
      looked.await();
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(
              () -> announcements.announce(Kind.SNAPSHOT, id, "a late one", _ -> presence()),
              threads);
      await().until(() -> !announcements.to(Kind.SNAPSHOT, id).isEmpty());
      assertThat(second).isNotDone();
      goOn.countDown();

      assertThat(second.get()).isEqualTo("discarded");
      assertThat(removal.get().possible()).isTrue();
    }
  }

  private static void uninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anAnnouncementIsRedeemedInTimeOrNotAtAll() {
    announcements.announce(
        Kind.SNAPSHOT,
        id,
        "a slow one",
        announcement -> {
          jdbc.sql(
                  "update announced_reference set announced_at = now() - interval '2 minutes'"
                      + " where id = ?")
              .param(id)
              .update();
          assertThat(announcements.to(Kind.SNAPSHOT, id)).as("still counts").hasSize(1);
          assertThatThrownBy(() -> transactions.inTransaction(announcement::redeem))
              .isInstanceOf(ConflictProblem.class);
          return true;
        });
    announcements.announce(
        Kind.SNAPSHOT,
        id,
        "one in time",
        announcement -> {
          transactions.inTransaction(announcement::redeem);
          assertThat(announcements.to(Kind.SNAPSHOT, id)).isEmpty();
          return true;
        });
  }

  @Test
  void whatIsReferredToAgainStaysInTheStore() throws IOException {
    make();
    remove.remove(new Thing(), false, CALLER);
    transactions.inTransaction(() -> {
      service.bean(Garbage.class).keep(List.of("things/" + id));
      jdbc.sql("insert into thing values (?)").param(id).update();
    });

    await().pollDelay(Duration.ofSeconds(3)).until(() -> true); // past the retention

    assertThat(store.list("things/" + id)).hasSize(1);
    assertThat(presence()).isEqualTo("present");
  }
}
