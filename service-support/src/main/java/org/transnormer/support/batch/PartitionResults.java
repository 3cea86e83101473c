package org.transnormer.support.batch;

import java.util.List;
import java.util.Map;

/** What the finished partitions of a job have left, over all of its restarts. */
public interface PartitionResults {

  /**
   * The finished partitions of a step, by name in order.
   *
   * @param jobExecutionId any execution of the job instance
   */
  List<Partition> of(long jobExecutionId, String step);

  /** Sums of the named counts over the finished partitions of a step. */
  Map<String, Long> counters(long jobExecutionId, String step);

  /** All partitions of a job instance's newest attempts, for views. */
  List<Partition> all(long jobExecutionId);
}
