package org.transnormer.corpus.garbage;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long removed things can still be read.
 *
 * @param keep time between the removal of a corpus or source and that of its shards; longer than
 *     any cleaning run that may be reading them
 * @param sweep how often due folders are looked for
 */
@ConfigurationProperties("tnl.corpus.retention")
record RetentionProperties(@DefaultValue("7d") Duration keep, @DefaultValue("1m") Duration sweep) {

  RetentionProperties {
    if (keep.isNegative() || sweep.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException(
          "tnl.corpus.retention: keep is not negative, sweep is 100ms at least");
    }
  }
}
