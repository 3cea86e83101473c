package org.transnormer.support.batch;

import java.util.Map;
import org.springframework.batch.core.job.parameters.JobParameters;

/** Cuts a step into partitions, once: a restart goes on with the partitions of the first start. */
@FunctionalInterface
public interface PartitionPlanner {

  /**
   * Names and parameters of the partitions.
   *
   * @return name to parameters; names are stable, short, and unique within the step. Parameters are
   *     references (keys, ids, ranges), never content
   */
  Map<String, Map<String, String>> plan(JobParameters job) throws Exception;
}
