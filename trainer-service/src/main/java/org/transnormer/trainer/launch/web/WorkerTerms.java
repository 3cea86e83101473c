package org.transnormer.trainer.launch.web;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.launch.WorkerCluster;

/**
 * What every assignment says beside the run.
 *
 * @param lease how long a heartbeat counts
 * @param cluster knows where the ranks of a group meet
 */
public record WorkerTerms(Duration lease, WorkerCluster cluster) {

  /** host:port of rank 0; null for a single rank. */
  @Nullable String rendezvous(String runId, int attempt, int ranks) {
    return ranks == 1 ? null : cluster.rendezvous(runId, attempt);
  }
}
