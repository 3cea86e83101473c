package org.transnormer.inference;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.ConfigurationKeys;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    assertThat(ConfigurationKeys.below("org.transnormer.inference"))
        .containsExactly(
            "tnl.serving.device",
            "tnl.serving.drain",
            "tnl.serving.pin-threads",
            "tnl.serving.queued-prompt-tokens",
            "tnl.serving.queued-sequences",
            "tnl.serving.reconcile-every",
            "tnl.serving.threads",
            "tnl.serving.weights");
  }
}
