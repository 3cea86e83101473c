package org.transnormer.support.batch.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.support.SupportConfiguration;
import org.transnormer.support.TestService;
import org.transnormer.support.batch.BatchSupportConfiguration;
import org.transnormer.support.batch.JobStarter;
import org.transnormer.support.batch.PartitionContext;
import org.transnormer.support.batch.PartitionedSteps;
import org.transnormer.support.security.Role;
import tools.jackson.databind.JsonNode;

class JobsIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final AtomicBoolean DISK_FULL = new AtomicBoolean();
  private static final AtomicBoolean SLOW = new AtomicBoolean();

  private static TestService service;

  @BeforeAll
  static void start() {
    service =
        TestService.start(
            Service.class,
            Map.of(
                "tnl.batch.enabled", "true", "tnl.batch.topic", "corpus.partition.requested.v1"));
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void showsAJobFromItsFailureToItsEnd() {
    DISK_FULL.set(true);
    String id = launch("fails");
    JsonNode failed = awaitState(id, "failed");

    assertThat(failed.at("/service").asString()).isEqualTo("corpus");
    assertThat(failed.at("/parameters/run").asString()).isEqualTo("fails");
    assertThat(failed.at("/actions").toString()).isEqualTo("[\"restart\",\"abandon\"]");
    JsonNode step = failed.at("/steps/0");
    assertThat(step.at("/name").asString()).isEqualTo("work");
    assertThat(step.at("/partitions")).hasSize(4);
    assertThat(step.at("/counts/read").asInt()).isEqualTo(40);
    assertThat(failed.at("/errors")).hasSize(1);
    JsonNode error = failed.at("/errors/0");
    assertThat(error.at("/count").asInt()).isEqualTo(2);
    assertThat(error.at("/message").asString()).contains("No space left");

    DISK_FULL.set(false);
    var refused = service.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/restart", null, Map.of());
    assertThat(refused.status()).isEqualTo(400);
    System.setProperty(FailPoints.PROPERTY, "idempotency.beforeKeep:throw");
    assertThat(restart(id, "restart-1").status()).as("its answer is lost").isEqualTo(500);
    System.clearProperty(FailPoints.PROPERTY);
    var restarted = restart(id, "restart-1");
    assertThat(restarted.status()).isEqualTo(202);
    JsonNode done = awaitState(id, "succeeded");

    assertThat(done.at("/id").asString()).isEqualTo(restarted.json().at("/id").asString());
    assertThat(done.at("/status/attempt").asInt()).isEqualTo(2);
    assertThat(done.at("/steps/0/partitions").valueStream())
        .extracting(partition -> partition.at("/state").asString())
        .containsOnly("succeeded");
    assertThat(done.at("/actions")).isEmpty();
  }

  @Test
  void stopsAndAbandons() {
    SLOW.set(true);
    String id = launch("slow");
    awaitState(id, "running");

    var stopped = service.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/stop", null, Map.of());
    assertThat(stopped.status()).isEqualTo(202);
    awaitState(id, "stopped");
    SLOW.set(false);
    assertThat(service.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/stop", null, Map.of()).status())
        .isEqualTo(409);

    service.post(Role.OPERATOR, "/api/v1/jobs/" + id + "/abandon", null, Map.of());
    awaitState(id, "abandoned");
    assertThat(restart(id, "restart-2").status()).isEqualTo(409);
  }

  @Test
  void listsNewestFirstInPages() {
    String first = launch("listed-1");
    String second = launch("listed-2");
    awaitState(first, "succeeded");
    awaitState(second, "succeeded");

    JsonNode page = service.get(Role.VIEWER, "/api/v1/jobs?limit=1").json();
    assertThat(page.at("/items/0/id").asString()).isEqualTo(second);
    JsonNode next =
        service
            .get(Role.VIEWER, "/api/v1/jobs?limit=1&after=" + page.at("/next").asString())
            .json();
    assertThat(next.at("/items/0/id").asString()).isEqualTo(first);
    assertThat(next.at("/items/0/steps").isMissingNode()).isTrue();
  }

  @Test
  void knowsNoJobOfAnotherName() {
    assertThat(service.get(Role.VIEWER, "/api/v1/jobs/corpus-999999").status()).isEqualTo(404);
    assertThat(service.get(Role.VIEWER, "/api/v1/jobs/cleaning-1").status()).isEqualTo(404);
    assertThat(service.get(Role.VIEWER, "/api/v1/jobs?after=x").status()).isEqualTo(400);
    assertThat(service.post(Role.VIEWER, "/api/v1/jobs/corpus-1/stop", null, Map.of()).status())
        .isEqualTo(403);
  }

  private static TestService.Answer restart(String id, String key) {
    return service.post(
        Role.OPERATOR, "/api/v1/jobs/" + id + "/restart", null, Map.of("Idempotency-Key", key));
  }

  private static String launch(String run) {
    long execution =
        service
            .bean(JobStarter.class)
            .start(
                service.bean(Job.class),
                new JobParametersBuilder().addString("run", run).toJobParameters());
    return "corpus-" + execution;
  }

  private static JsonNode awaitState(String id, String state) {
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(view(id).at("/status/state").asString()).isEqualTo(state));
    return view(id);
  }

  private static JsonNode view(String id) {
    return service.get(Role.VIEWER, "/api/v1/jobs/" + id).json();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({SupportConfiguration.class, BatchSupportConfiguration.class})
  static class Service {
    @Bean
    Job job(JobRepository repository, PartitionedSteps steps) {
      Map<String, Map<String, String>> plan = new LinkedHashMap<>();
      for (int i = 0; i < 4; i++) {
        plan.put("p" + i, Map.of("number", Integer.toString(i)));
      }
      return new JobBuilder("test", repository)
          .start(steps.step("work", _ -> plan, Service::work))
          .build();
    }

    private static void work(PartitionContext partition) throws Exception {
      for (int i = 0; i < 10; i++) {
        partition.checkStop();
        partition.count("read", 1);
        partition.progress(i + 1, 10, "documents");
        if (SLOW.get()) {
          Thread.sleep(200);
        }
      }
      int number = Integer.parseInt(partition.parameter("number"));
      if (DISK_FULL.get() && number >= 2) {
        throw new java.io.IOException("/data/shard-" + number + ": No space left on device");
      }
    }
  }
}
