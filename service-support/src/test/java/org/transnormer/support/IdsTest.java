package org.transnormer.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdsTest {
  @Test
  void areDistinctAndSortByTime() {
    List<String> ids = IntStream.range(0, 10_000).mapToObj(_ -> Ids.next()).toList();

    assertThat(ids).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void areVersion7AndTellTheirTime() {
    long before = System.currentTimeMillis();
    UUID id = UUID.fromString(Ids.next());

    assertThat(id.version()).isEqualTo(7);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(id.getMostSignificantBits() >>> 16)
        .isBetween(before - 1, System.currentTimeMillis() + 10);
  }
}
