package org.transnormer.model.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.cpu.CpuBackend;

class InProcessTest extends CollectivesContract {

  @Override
  protected void run(int ranks, InProcess.Rank work) {
    InProcess.run(ranks, _ -> CpuBackend.open(1, false), work);
  }

  @Test
  void aRankThatFailsEndsTheOthers() {
    assertThatThrownBy(() ->
            run(
                3,
                (group, _) -> {
                  if (group.rank() == 1) {
                    throw new IllegalArgumentException("no more");
                  }
                  group.allReduce(new double[1]);
                }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rank");
  }

  @Test
  void slicesCoverEverythingOnceForAnyNumberOfRanks() {
    for (long elements : new long[] {0, 1, 63, 1000, 1_000_003}) {
      for (int ranks = 1; ranks <= Slices.PARTS; ranks++) {
        Slices slices = new Slices(elements, ranks);
        long at = 0;
        for (int rank = 0; rank < ranks; rank++) {
          assertThat(slices.from(rank)).isEqualTo(at);
          at = slices.to(rank);
        }
        assertThat(at).isEqualTo(elements);
      }
    }
    assertThatThrownBy(() -> new Slices(10, 65)).hasMessageContaining("at most 64");
  }
}
