package org.transnormer.support.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.transnormer.embedded.TestInfra;

class PartitionedStepsIT {

  private static final Duration SOON = Duration.ofSeconds(30);

  private final List<ConfigurableApplicationContext> processes = new ArrayList<>();
  private Map<String, String> infra = Map.of();

  @BeforeEach
  void freshSchema() {
    infra = TestInfra.freshProperties();
    Work.reset();
  }

  @AfterEach
  void stopProcesses() {
    processes.reversed().forEach(ConfigurableApplicationContext::close);
  }

  @Test
  void doesEachPartitionOnceAndSumsTheirCounts() {
    var process = start("manager,worker");

    long job = launch(process, 7);

    awaitStatus(process, job, BatchStatus.COMPLETED);
    assertThat(Work.DONE).hasSize(7).doesNotHaveDuplicates();
    assertThat(process.getBean(PartitionResults.class).counters(job, "work"))
        .containsEntry("read", 70L);
  }

  @Test
  void sharesPartitionsWithASecondWorker() {
    Work.pauseMillis = 150;
    var manager = start("manager,worker");
    start("worker");

    long job = launch(manager, 12);

    awaitStatus(manager, job, BatchStatus.COMPLETED);
    assertThat(
            manager.getBean(PartitionResults.class).of(job, "work").stream()
                .map(Partition::worker)
                .distinct())
        .hasSize(2);
  }

  @Test
  void takesOverFromAWorkerWhoseLeaseRanOutAndRefusesItsLateResult() throws Exception {
    var process = start("manager,worker");
    Work.hold = new CountDownLatch(1);
    long job = launch(process, 1);
    await().atMost(SOON).until(() -> Work.STARTED.size() == 1);

    // The database is told what a dead worker looks like: nobody renews its lease any more.
    process
        .getBean(JdbcClient.class)
        .sql("update batch_partition set worker = 'dead', lease_until = now() - interval '1 s'")
        .update();

    await().atMost(SOON).untilAsserted(() -> assertThat(Work.STARTED).as(rows(process)).hasSize(2));
    Work.hold.countDown();
    awaitStatus(process, job, BatchStatus.COMPLETED);
    Partition partition = process.getBean(PartitionResults.class).of(job, "work").getFirst();
    assertThat(partition.epoch()).isEqualTo(2);
    assertThat(partition.attempts()).isEqualTo(2);
    await().atMost(SOON).until(() -> Work.STALE.get() == 1);
  }

  /**
   * A laptop that slept, a machine without a free core: all leases are over, and nobody is dead.
   */
  @Test
  void aStalledProcessIsNotTakenForDeadByItself() throws Exception {
    var process = start("manager,worker");
    Work.hold = new CountDownLatch(1);
    long job = launch(process, 1);
    await().atMost(SOON).until(() -> Work.STARTED.size() == 1);
    JdbcClient jdbc = process.getBean(JdbcClient.class);

    for (int i = 0; i < 20; i++) {
      jdbc.sql("update batch_partition set lease_until = now() - interval '1 s'").update();
      jdbc.sql("update batch_job_owner set lease_until = now() - interval '1 s'").update();
      Thread.sleep(50);
    }
    Work.hold.countDown();

    awaitStatus(process, job, BatchStatus.COMPLETED);
    assertThat(process.getBean(PartitionResults.class).of(job, "work").getFirst().epoch())
        .isEqualTo(1);
    assertThat(Work.STARTED).hasSize(1);
  }

  @Test
  void restartsWithTheFrozenPlanAndOnlyWhatIsLeft() {
    var process = start("manager,worker");
    Work.failing = "p3";
    long job = launch(process, 5);
    awaitStatus(process, job, BatchStatus.FAILED);
    assertThat(process.getBean(PartitionResults.class).all(job))
        .filteredOn(partition -> partition.state().equals("failed"))
        .singleElement()
        .satisfies(partition -> assertThat(partition.reason()).contains("on purpose"));
    int doneBefore = Work.DONE.size();
    Work.failing = "";

    long again = process.getBean(JobStarter.class).restart(job);

    awaitStatus(process, again, BatchStatus.COMPLETED);
    assertThat(Work.DONE).hasSize(5).doesNotHaveDuplicates();
    assertThat(doneBefore).isEqualTo(4);
    assertThat(process.getBean(PartitionResults.class).of(again, "work")).hasSize(5);
  }

  @Test
  void stopsAndGoesOnLater() {
    Work.pauseMillis = 200;
    var process = start("manager,worker");
    long job = launch(process, 20);
    await().atMost(SOON).until(() -> Work.DONE.size() >= 2);

    process.getBean(JobStarter.class).stop(job);

    awaitStatus(process, job, BatchStatus.STOPPED);
    assertThat(Work.DONE.size()).isLessThan(20);
    Work.pauseMillis = 0;
    long again = process.getBean(JobStarter.class).restart(job);
    awaitStatus(process, again, BatchStatus.COMPLETED);
    assertThat(Work.DONE).hasSize(20).doesNotHaveDuplicates();
  }

  @Test
  void goesOnWithTheJobOfADeadManager() {
    Work.pauseMillis = 100;
    var first = start("manager,worker");
    long job = launch(first, 10);
    await().atMost(SOON).until(() -> Work.DONE.size() >= 2);
    // As after a kill: nobody renews the owner's lease.
    first
        .getBean(JdbcClient.class)
        .sql("update batch_job_owner set owner = 'dead', lease_until = now() - interval '1 s'")
        .update();

    var second = start("manager,worker");

    await()
        .atMost(SOON)
        .until(() ->
            second.getBean(JobStarter.class).newest(job).getStatus() == BatchStatus.COMPLETED);
    assertThat(second.getBean(PartitionResults.class).of(job, "work")).hasSize(10);
  }

  private ConfigurableApplicationContext start(String roles) {
    Map<String, Object> properties = new LinkedHashMap<>(infra);
    properties.put("tnl.batch.enabled", "true");
    properties.put("tnl.batch.roles", roles);
    properties.put("tnl.batch.topic", "test.partition.requested.v1");
    properties.put("tnl.batch.lease", "2s");
    properties.put("tnl.batch.poll", "100ms");
    properties.put("spring.main.web-application-type", "none");
    properties.put("spring.batch.job.enabled", "false");
    properties.put("spring.batch.jdbc.initialize-schema", "never");
    properties.put("spring.flyway.locations", "classpath:db/support-batch");
    properties.put("spring.jmx.enabled", "false");
    var context =
        new SpringApplicationBuilder(Process.class)
            .properties(properties)
            .bannerMode(org.springframework.boot.Banner.Mode.OFF)
            .run();
    processes.add(context);
    return context;
  }

  private static long launch(ConfigurableApplicationContext process, int partitions) {
    JobParameters parameters =
        new JobParametersBuilder()
            .addString("id", java.util.UUID.randomUUID().toString())
            .addLong("partitions", (long) partitions)
            .toJobParameters();
    return process.getBean(JobStarter.class).start(process.getBean(Job.class), parameters);
  }

  private static void awaitStatus(
      ConfigurableApplicationContext process, long job, BatchStatus status) {
    JobStarter jobs = process.getBean(JobStarter.class);
    await()
        .atMost(SOON)
        .untilAsserted(() -> assertThat(jobs.execution(job).getStatus()).isEqualTo(status));
  }

  private static String rows(ConfigurableApplicationContext process) {
    return process
        .getBean(JdbcClient.class)
        .sql("select * from batch_partition")
        .query()
        .listOfRows()
        .toString();
  }

  /** What the partitions do, and what they tell the test. */
  static final class Work {

    static final ConcurrentLinkedQueue<String> STARTED = new ConcurrentLinkedQueue<>();
    static final ConcurrentLinkedQueue<String> DONE = new ConcurrentLinkedQueue<>();
    static final AtomicInteger STALE = new AtomicInteger();
    static volatile CountDownLatch hold = new CountDownLatch(0);
    static volatile String failing = "";
    static volatile long pauseMillis;

    private Work() {}

    static void reset() {
      STARTED.clear();
      DONE.clear();
      STALE.set(0);
      hold = new CountDownLatch(0);
      failing = "";
      pauseMillis = 0;
    }

    static void run(PartitionContext partition) throws Exception {
      STARTED.add(partition.name());
      hold.await(SOON.toSeconds(), TimeUnit.SECONDS);
      Thread.sleep(pauseMillis);
      if (hold.getCount() == 0 && pauseMillis > 0) {
        partition.checkStop();
      }
      if (partition.name().equals(failing)) {
        throw new IllegalStateException("failed on purpose");
      }
      for (int i = 0; i < 10; i++) {
        partition.count("read", 1);
      }
      partition.progress(10, 10, "documents");
      try {
        partition.requireCurrent();
      } catch (PartitionStoppedException e) {
        STALE.incrementAndGet();
        throw e;
      }
      DONE.add(partition.name());
    }
  }

  @Configuration
  @EnableAutoConfiguration(
      excludeName = {
        "org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration"
      })
  @Import(BatchSupportConfiguration.class)
  static class Process {

    @Bean
    Job job(JobRepository repository, PartitionedSteps steps) {
      return new JobBuilder("test", repository)
          .start(
              steps.step(
                  "work",
                  job -> {
                    Map<String, Map<String, String>> plan = new LinkedHashMap<>();
                    Long count = job.getLong("partitions");
                    for (int i = 0; i < (count == null ? 0 : count); i++) {
                      plan.put("p" + i, Map.of("number", Integer.toString(i)));
                    }
                    return plan;
                  },
                  Work::run))
          .build();
    }
  }
}
