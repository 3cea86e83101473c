package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.transnormer.support.architecture.ConfigurationKeys;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    assertThat(ConfigurationKeys.below("org.transnormer.cleaning"))
        .containsExactly(
            "tnl.cleaning.import-roots",
            "tnl.cleaning.memory",
            "tnl.cleaning.scoring-threads",
            "tnl.cleaning.statistics-tokens",
            "tnl.cleaning.tokenizer-text");
  }
}
