package org.transnormer.trainer.launch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GroupNameTest {

  @Test
  void namesRunAndAttempt() {
    assertThat(GroupName.of("019a1b2c-0000-7000-8000-000000000001", 3).value())
        .isEqualTo("run-019a1b2c-0000-7000-8000-000000000001-a3");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Upper_Case", "with.dots", "ümlaut"})
  void isADnsLabelWhateverTheId(String id) {
    assertThat(GroupName.of(id, 1).value()).matches("[a-z][a-z0-9-]*[a-z0-9]");
  }

  @Test
  void leavesRoomForARank() {
    String name = GroupName.of("x".repeat(300), 1_000_000).value();

    assertThat(name.length() + "-99999".length()).isLessThanOrEqualTo(63);
  }

  @Test
  void keepsApartWhatShorteningMakesEqual() {
    assertThat(GroupName.of("x".repeat(100) + "a", 1))
        .isNotEqualTo(GroupName.of("x".repeat(100) + "b", 1));
    assertThat(GroupName.of("a_b", 1)).isNotEqualTo(GroupName.of("a-b", 1));
  }
}
