package org.transnormer.trainer.launch;

import jakarta.validation.constraints.Min;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param launcher where workers run
 * @param interval between two looks when nothing calls for one sooner
 * @param lease how long a worker's heartbeat counts
 * @param startTimeout from a group having its place to its first heartbeat
 * @param stopTimeout from telling workers to stop to taking them down
 * @param maxAttempts losses in a row after which a run fails
 * @param backoff pause before the second retry in a row; none before the first
 * @param maxBackoff longest pause
 * @param controlUrl where workers reach this service; by default its own port here for child
 *     processes, and {@code tnl.services.trainer} on a cluster
 */
@Validated
@ConfigurationProperties("tnl.trainer")
public record LaunchProperties(
    Launcher launcher,
    @DefaultValue("300ms") Duration interval,
    @DefaultValue("8s") Duration lease,
    @DefaultValue("5m") Duration startTimeout,
    @DefaultValue("2m") Duration stopTimeout,
    @DefaultValue("5") @Min(1) int maxAttempts,
    @DefaultValue("2s") Duration backoff,
    @DefaultValue("1m") Duration maxBackoff,
    @Nullable URI controlUrl) {

  /** The adapters. */
  public enum Launcher {
    LOCAL,
    KUBERNETES
  }
}
