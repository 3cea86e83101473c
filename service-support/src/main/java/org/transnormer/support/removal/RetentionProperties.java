package org.transnormer.support.removal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long removed things can still be read.
 *
 * @param keep time between the removal of a thing and that of its folders in the store; longer than
 *     any work that may still be reading them
 * @param sweep how often due folders are looked for
 */
@ConfigurationProperties("tnl.retention")
record RetentionProperties(@DefaultValue("7d") Duration keep, @DefaultValue("1m") Duration sweep) {

  RetentionProperties {
    if (keep.isNegative() || sweep.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "tnl.retention: keep is not negative, sweep is 100ms at least");
    }
  }
}
