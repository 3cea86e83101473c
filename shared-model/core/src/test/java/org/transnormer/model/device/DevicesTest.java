package org.transnormer.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Backend;

class DevicesTest {

  @Test
  void theProcessorIsAlwaysThere() {
    try (Backend cpu = Devices.open("cpu", 1, false);
        Backend best = Devices.open("auto", 1, false)) {
      assertThat(cpu.describe()).startsWith("CPU");
      assertThat(best.describe()).isNotEmpty();
    }
  }

  @Test
  void aNameThatNobodyKnowsIsRefused() {
    assertThatThrownBy(() -> Devices.open("abacus", 1, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("abacus");
  }
}
