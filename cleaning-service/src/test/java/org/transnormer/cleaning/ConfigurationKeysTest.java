package org.transnormer.cleaning;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** A key is a promise to whoever has set it: this list changes on purpose or not at all. */
class ConfigurationKeysTest {

  @Test
  void theKeysAreThese() {
    String prefix = CleaningProperties.class.getAnnotation(ConfigurationProperties.class).value();

    assertThat(
            Arrays.stream(CleaningProperties.class.getRecordComponents())
                .map(each -> each.getName().replaceAll("([A-Z])", "-$1"))
                .map(name -> prefix + "." + ConfigurationPropertyName.adapt(name, '.')))
        .containsExactlyInAnyOrder(
            "tnl.cleaning.memory",
            "tnl.cleaning.scoring-threads",
            "tnl.cleaning.tokenizer-text",
            "tnl.cleaning.statistics-tokens",
            "tnl.cleaning.import-roots");
  }
}
