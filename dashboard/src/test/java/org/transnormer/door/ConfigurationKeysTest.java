package org.transnormer.door;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.ConfigurationKeys;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    assertThat(ConfigurationKeys.below("org.transnormer.door"))
        .containsExactly(
            "tnl.door.bootstrap-key",
            "tnl.door.bootstrap-key-file",
            "tnl.door.forward.connect",
            "tnl.door.forward.heartbeat",
            "tnl.door.forward.idle",
            "tnl.door.forward.response",
            "tnl.door.gather-timeout",
            "tnl.door.login-failures",
            "tnl.door.session-life",
            "tnl.services.cleaning",
            "tnl.services.corpus",
            "tnl.services.door",
            "tnl.services.inference",
            "tnl.services.trainer");
  }
}
