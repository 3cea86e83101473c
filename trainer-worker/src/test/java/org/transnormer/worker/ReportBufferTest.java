package org.transnormer.worker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportBufferTest {

  private final ReportBuffer<Integer> buffer = new ReportBuffer<>(4);

  private void add(int... items) {
    for (int item : items) {
      buffer.add(item);
    }
  }

  @Test
  void handsOutTheSameAgainUntilItIsConfirmed() {
    add(1, 2, 3);

    assertThat(buffer.oldest(2)).containsExactly(1, 2);
    assertThat(buffer.oldest(2)).containsExactly(1, 2);
    buffer.confirm();
    assertThat(buffer.oldest(2)).containsExactly(3);
    buffer.confirm();
    assertThat(buffer.isEmpty()).isTrue();
  }

  @Test
  void letsTheOldestGoWhenFull() {
    add(1, 2, 3, 4, 5, 6);

    assertThat(buffer.oldest(9)).containsExactly(3, 4, 5, 6);
    assertThat(buffer.dropped()).isEqualTo(2);
  }

  @Test
  void confirmsOnlyWhatWasHandedOut() {
    add(1, 2, 3, 4);
    assertThat(buffer.oldest(3)).containsExactly(1, 2, 3);
    add(5, 6);

    buffer.confirm();

    assertThat(buffer.oldest(9)).containsExactly(4, 5, 6);
  }
}
