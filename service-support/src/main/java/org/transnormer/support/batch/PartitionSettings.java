package org.transnormer.support.batch;

import java.time.Duration;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a process takes part in batch work.
 *
 * @param roles manager (launches jobs and hands out partitions), worker (does partitions), or both
 * @param threads partitions that a worker does at a time
 * @param lease how long a silent worker or manager counts as alive
 * @param poll how often a manager looks at its partitions, and an idle worker for forgotten ones
 * @param mostAttempts workers that a partition may outlive before it fails
 * @param topic Kafka topic of the bell
 */
@ConfigurationProperties("tnl.batch")
public record PartitionSettings(
    @DefaultValue({"manager", "worker"}) Set<String> roles,
    @DefaultValue("2") int threads,
    @DefaultValue("8s") Duration lease,
    @DefaultValue("500ms") Duration poll,
    @DefaultValue("4") int mostAttempts,
    String topic) {

  public PartitionSettings {
    if (threads < 1 || mostAttempts < 1) {
      throw new IllegalArgumentException("tnl.batch.threads and most-attempts must be at least 1");
    }
    if (!Set.of("manager", "worker").containsAll(roles) || roles.isEmpty()) {
      throw new IllegalArgumentException(
          "tnl.batch.roles must name manager, worker or both, is " + roles);
    }
  }

  public boolean manages() {
    return roles.contains("manager");
  }

  public boolean works() {
    return roles.contains("worker");
  }
}
