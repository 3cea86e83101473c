package org.transnormer.support.batch;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.context.SmartLifecycle;

/**
 * Does partitions in this process: a few threads work, one claims when the bell rings or time
 * passes, one renews the leases.
 */
public final class PartitionWorkers implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(PartitionWorkers.class);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final int RENEWALS_PER_LEASE = 4;
  private static final AtomicInteger PROCESS_WORKERS = new AtomicInteger();

  private final PartitionSettings settings;
  private final PartitionClaims claims;
  private final JobRepository repository;
  private final String worker =
      ManagementFactory.getRuntimeMXBean().getName() + "#" + PROCESS_WORKERS.incrementAndGet();
  private final Map<String, PartitionWork> works = new ConcurrentHashMap<>();
  private final Map<Long, RunningPartition> running = new ConcurrentHashMap<>();
  private final Set<Long> working = ConcurrentHashMap.newKeySet();
  private final Semaphore bell = new Semaphore(0);
  private final Semaphore free;
  private volatile boolean up;
  private ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

  PartitionWorkers(PartitionSettings settings, PartitionClaims claims, JobRepository repository) {
    this.settings = settings;
    this.claims = claims;
    this.repository = repository;
    this.free = new Semaphore(settings.threads());
  }

  void register(String stepName, PartitionWork work) {
    works.put(stepName, work);
  }

  /** Looks for partitions at once. */
  public void ring() {
    bell.release();
  }

  @Override
  public void start() {
    if (!settings.works()) {
      return;
    }
    up = true;
    executor =
        Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().name("partition-worker-", 0).daemon().factory());
    Thread.ofPlatform().name("partition-claims").daemon().start(this::claimLoop);
    Thread.ofPlatform().name("partition-leases").daemon().start(this::renewLoop);
  }

  @Override
  public void stop() {
    up = false;
    bell.release();
    running.values().forEach(RunningPartition::stop);
    executor.shutdown();
    try {
      if (!executor.awaitTermination(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        executor.shutdownNow();
        executor.awaitTermination(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return up;
  }

  private void claimLoop() {
    while (up) {
      try {
        claimAll();
        bell.tryAcquire(settings.poll().toMillis(), TimeUnit.MILLISECONDS);
        bell.drainPermits();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("cannot claim partitions; trying again");
        pause();
      }
    }
  }

  private void claimAll() {
    claims.giveUp(settings.mostAttempts(), worker, Set.copyOf(working));
    while (up && free.tryAcquire()) {
      Optional<Partition> claimed = Optional.empty();
      try {
        claimed =
            claims.claim(Set.copyOf(works.keySet()), worker, Set.copyOf(working), settings.lease());
      } finally {
        if (claimed.isEmpty()) {
          free.release();
        }
      }
      if (claimed.isEmpty()) {
        return;
      }
      Partition partition = claimed.get();
      working.add(partition.stepExecutionId());
      executor.execute(() -> work(partition));
    }
  }

  private void renewLoop() {
    Duration pause = settings.lease().dividedBy(RENEWALS_PER_LEASE);
    while (up || !running.isEmpty()) {
      try {
        Thread.sleep(pause); // pacing of a daemon, not a wait for a condition
        renewAll();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.atWarn().setCause(e).log("cannot renew leases; trying again");
      }
    }
  }

  private void renewAll() {
    Map<Long, RunningPartition> now = Map.copyOf(running);
    if (now.isEmpty()) {
      return;
    }
    Set<Long> kept =
        claims.renew(
            worker,
            settings.lease(),
            now.values().stream().map(RunningPartition::snapshot).toList());
    now.forEach((id, partition) -> {
      if (!kept.contains(id)) {
        partition.stop();
      }
    });
  }

  private void work(Partition partition) {
    try (var step = MDC.putCloseable("step", partition.step());
        var name = MDC.putCloseable("partition", partition.name())) {
      StepExecution execution = repository.getStepExecution(partition.stepExecutionId());
      PartitionWork work = works.get(partition.step());
      if (execution == null || work == null) {
        throw new IllegalStateException("no step execution " + partition.stepExecutionId());
      }
      RunningPartition context =
          new RunningPartition(partition, execution.getJobParameters(), claims);
      running.put(partition.stepExecutionId(), context);
      try {
        end(context, new PartitionStep(partition.step(), work, context, repository).run(execution));
      } finally {
        running.remove(partition.stepExecutionId());
      }
    } catch (Exception e) {
      LOG.atError().setCause(e).log("a partition's end could not be written down");
    } finally {
      working.remove(partition.stepExecutionId());
      free.release();
      bell.release();
    }
  }

  private void end(RunningPartition context, PartitionStep.Outcome outcome) {
    // A process that goes down gives its partitions back; a stopped job keeps them stopped.
    String state =
        switch (outcome.status()) {
          case COMPLETED -> "done";
          case STOPPED -> up ? "stopped" : "waiting";
          default -> "failed";
        };
    if (!claims.end(context.snapshot(), state, context.results(), outcome.reason())) {
      LOG.atWarn()
          .addKeyValue("epoch", context.epoch())
          .log("the result of a stale epoch was refused: another worker owns the partition");
    }
  }

  private void pause() {
    try {
      Thread.sleep(settings.poll()); // back-off while the database is away
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
