package org.transnormer.support.batch;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.batch.core.job.parameters.JobParameters;

/** A partition in work: written by its thread, read by the one that renews leases. */
final class RunningPartition implements PartitionContext {

  private final Partition partition;
  private final JobParameters job;
  private final PartitionClaims claims;
  private final Map<String, Long> counters = new TreeMap<>();
  private final Map<String, String> results = new TreeMap<>();
  private long done;
  private long total;
  private String unit = "";
  private volatile boolean stopped;

  RunningPartition(Partition partition, JobParameters job, PartitionClaims claims) {
    this.partition = partition;
    this.job = job;
    this.claims = claims;
  }

  @Override
  public String name() {
    return partition.name();
  }

  @Override
  public Map<String, String> parameters() {
    return partition.parameters();
  }

  @Override
  public JobParameters job() {
    return job;
  }

  @Override
  public long jobExecutionId() {
    return partition.jobExecutionId();
  }

  @Override
  public long epoch() {
    return partition.epoch();
  }

  @Override
  public synchronized void progress(long doneUnits, long totalUnits, String unitName) {
    done = doneUnits;
    total = totalUnits;
    unit = unitName;
  }

  @Override
  public synchronized void count(String name, long delta) {
    counters.merge(name, delta, Long::sum);
  }

  @Override
  public synchronized void result(String key, String value) {
    results.put(key, value);
  }

  @Override
  public void checkStop() throws PartitionStoppedException {
    if (stopped || Thread.currentThread().isInterrupted()) {
      throw new PartitionStoppedException("partition %s was stopped".formatted(name()));
    }
  }

  @Override
  public void requireCurrent() throws PartitionStoppedException {
    if (!claims.isCurrent(partition.stepExecutionId(), partition.epoch())) {
      stopped = true;
      throw new PartitionStoppedException(
          "partition %s was taken over: epoch %d is stale".formatted(name(), partition.epoch()));
    }
  }

  long stepExecutionId() {
    return partition.stepExecutionId();
  }

  void stop() {
    stopped = true;
  }

  synchronized PartitionClaims.Progress snapshot() {
    return new PartitionClaims.Progress(
        partition.stepExecutionId(), partition.epoch(), done, total, unit, new TreeMap<>(counters));
  }

  synchronized Map<String, String> results() {
    return new TreeMap<>(results);
  }
}
