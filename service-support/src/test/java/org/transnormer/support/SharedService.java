package org.transnormer.support;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.NotBlank;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.ResponseEntity;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.messaging.handler.annotation.Header;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.events.RunEnded;
import org.transnormer.support.events.Topics;
import org.transnormer.support.idempotency.Idempotent;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.kafka.EventHeaders;
import org.transnormer.support.kafka.ProcessedMessages;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.BearerAuthenticator;
import org.transnormer.support.security.Caller;
import org.transnormer.support.security.Role;

/** One service for all tests of what surrounds a service; started once. */
public final class SharedService {
  public static final ConcurrentLinkedQueue<RunEnded> CONSUMED = new ConcurrentLinkedQueue<>();
  public static final AtomicBoolean CONSUMER_BROKEN = new AtomicBoolean();
  public static final AtomicInteger TRIES = new AtomicInteger();
  public static final AtomicInteger LAUNCHES = new AtomicInteger();

  /** Names of the launches that were committed. */
  public static final ConcurrentLinkedQueue<String> COMMITTED = new ConcurrentLinkedQueue<>();

  public static volatile CountDownLatch launching = new CountDownLatch(0);
  public static volatile CountDownLatch launchBegun = new CountDownLatch(1);

  private SharedService() {}

  private static final class Holder {
    static final TestService SERVICE =
        TestService.start(Service.class, Map.of("tnl.http.max-body", "10KB"));
  }

  public static TestService get() {
    return Holder.SERVICE;
  }

  /** An enum as it travels. */
  public enum Kind {
    LARGE_MODEL
  }

  /** A body with everything that can be wrong. */
  public record Order(
      @NotBlank String name,
      @Max(8) int heads,
      @Nullable Kind kind,
      @Nullable List<@Valid Part> parts) {
    /** Part of an order. */
    public record Part(@NotBlank String id) {}
  }

  @RestController
  static class Endpoints {
    private final Transactions transactions;
    private final Launches launches;

    Endpoints(Transactions transactions, Launches launches) {
      this.transactions = transactions;
      this.launches = launches;
    }

    @GetMapping("/api/v1/things/{id}")
    Map<String, String> thing(@PathVariable String id, @RequestParam(defaultValue = "1") int n) {
      if (id.equals("unknown")) {
        throw new NotFoundProblem("thing", id);
      }
      if (id.equals("broken")) {
        throw new IllegalStateException("secret detail");
      }
      return Map.of("id", id, "caller", Caller.current().subject(), "n", Integer.toString(n));
    }

    @GetMapping("/api/v1/kinds")
    Kind kind(@RequestParam Kind kind) {
      return kind;
    }

    @PostMapping("/api/v1/things")
    Order order(@Valid @RequestBody Order order) {
      return order;
    }

    @GetMapping("/api/v1/launches/{number}")
    Map<String, Integer> launch(@PathVariable int number) {
      return Map.of("number", number);
    }

    @Idempotent
    @PostMapping("/api/v1/launches")
    ResponseEntity<Map<String, Integer>> launch(@RequestBody Order order)
        throws InterruptedException {
      int number = LAUNCHES.incrementAndGet();
      if (order.name().startsWith("slow")) {
        CountDownLatch wait = launching;
        launchBegun.countDown();
        wait.await();
      }
      if (order.name().equals("missing")) {
        throw new NotFoundProblem("corpus", "missing");
      }
      String resource = "/api/v1/launches/" + number;
      transactions.inTransaction(() -> {
        launches.launched(resource);
        if (order.name().equals("rolled-back")) {
          throw new IllegalStateException("the launch does not commit");
        }
        COMMITTED.add(order.name());
      });
      FailPoints.hit("launch.afterCommit");
      return ResponseEntity.accepted()
          .location(URI.create(resource))
          .body(Map.of("number", number));
    }

    @GetMapping("/internal/v1/things")
    String internal() {
      return Caller.current().subject();
    }

    @PreAuthorize("hasRole('ADMIN')")
    @GetMapping("/api/v1/secrets")
    String secrets() {
      return "secret";
    }

    @GetMapping("/v1/models")
    String models() {
      return "models";
    }
  }

  static final class Consumer {
    private final ProcessedMessages processed;

    Consumer(ProcessedMessages processed) {
      this.processed = processed;
    }

    @KafkaListener(topics = Topics.TRAINER_RUN_ENDED, groupId = "support-test")
    void on(RunEnded event, @Header(EventHeaders.EVENT_ID) String id) {
      TRIES.incrementAndGet();
      if (CONSUMER_BROKEN.get()) {
        throw new IllegalStateException("the consumer is broken");
      }
      processed.once("test", id, () -> CONSUMED.add(event));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(SupportConfiguration.class)
  static class Service {
    @Bean
    Endpoints endpoints(Transactions transactions, Launches launches) {
      return new Endpoints(transactions, launches);
    }

    @Bean
    Consumer consumer(ProcessedMessages processed) {
      return new Consumer(processed);
    }

    @Bean
    BearerAuthenticator runTokens() {
      return bearer ->
          bearer.equals("run-token")
              ? Optional.of(new Caller("run-7", Role.SERVICE, "run 7"))
              : Optional.empty();
    }
  }
}
