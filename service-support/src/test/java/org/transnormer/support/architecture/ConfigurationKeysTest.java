package org.transnormer.support.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    assertThat(ConfigurationKeys.below("org.transnormer.support"))
        .containsExactly(
            "tnl.batch.lease",
            "tnl.batch.most-attempts",
            "tnl.batch.poll",
            "tnl.batch.roles",
            "tnl.batch.threads",
            "tnl.batch.topic",
            "tnl.http.connect-timeout",
            "tnl.http.max-body",
            "tnl.http.read-timeout",
            "tnl.kafka.partitions",
            "tnl.retention.keep",
            "tnl.retention.sweep",
            "tnl.security.clock-skew",
            "tnl.security.default-rules",
            "tnl.security.identity",
            "tnl.security.private-key",
            "tnl.security.token-ttl",
            "tnl.security.trust",
            "tnl.security.user-issuers",
            "tnl.store.cache",
            "tnl.store.s3.access-key",
            "tnl.store.s3.endpoint",
            "tnl.store.s3.path-style",
            "tnl.store.s3.region",
            "tnl.store.s3.secret-key",
            "tnl.store.uri");
  }
}
