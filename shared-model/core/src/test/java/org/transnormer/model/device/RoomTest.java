package org.transnormer.model.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;

class RoomTest {

  @Test
  void aDeviceHasItsOwnMemory() {
    assertThat(Room.memory(withMemory(OptionalLong.of(7)))).isEqualTo(7);
  }

  @Test
  void theProcessorHasTheHosts() {
    try (Backend cpu = CpuBackend.open(1, false)) {
      assertThat(cpu.memoryLeft()).isEmpty();
      assertThat(Room.memory(cpu)).isGreaterThan(1 << 20);
    }
  }

  private static Backend withMemory(OptionalLong left) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, _) -> {
              assertThat(method.getName()).isEqualTo("memoryLeft");
              return left;
            });
  }
}
