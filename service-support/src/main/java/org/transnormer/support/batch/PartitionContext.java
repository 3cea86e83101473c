package org.transnormer.support.batch;

import java.util.Map;
import org.springframework.batch.core.job.parameters.JobParameters;

/** What a partition's work knows of itself, and whom it reports to. Used by one thread. */
public interface PartitionContext {

  String name();

  Map<String, String> parameters();

  /** A parameter that the planner always sets. */
  default String parameter(String key) {
    String value = parameters().get(key);
    if (value == null) {
      throw new IllegalStateException("partition %s has no parameter '%s'".formatted(name(), key));
    }
    return value;
  }

  JobParameters job();

  long jobExecutionId();

  /** Grows with each owner; part of the key of whatever must not be overwritten by an old one. */
  long epoch();

  /** Shown while it works; cheap, may be called for every document. */
  void progress(long done, long total, String unit);

  /** Adds to a named count of this partition. Counts begin at zero with each attempt. */
  void count(String name, long delta);

  /** Notes a small result (a key, a digest) that later steps read by {@link PartitionResults}. */
  void result(String key, String value);

  /**
   * Leaves when the job was stopped, or when the lease was lost; call it between documents.
   *
   * @throws PartitionStoppedException which the work lets pass
   */
  void checkStop() throws PartitionStoppedException;

  /**
   * Asks the database whether this attempt still owns the partition; inside a transaction the
   * answer holds until its end.
   *
   * @throws PartitionStoppedException when another worker has taken over
   */
  void requireCurrent() throws PartitionStoppedException;
}
