package org.transnormer.cleaning.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TallyTest {

  @Test
  void refusesAStageThatLostDocuments() {
    Tally tally = new Tally(10, 6, 2, 1);

    assertThatThrownBy(() -> tally.requireBalanced("decide-1"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("decide-1 does not balance: 10 in, but 6 kept + 2 dropped + 1 failed");
  }

  @Test
  void addsUp() {
    assertThat(new Tally(3, 1, 1, 1).plus(Tally.passed(4))).isEqualTo(new Tally(7, 5, 1, 1));
  }
}
