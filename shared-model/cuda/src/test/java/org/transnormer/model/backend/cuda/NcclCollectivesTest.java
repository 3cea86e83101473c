package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.transnormer.model.golden.Numbers;
import org.transnormer.model.parallel.CollectivesContract;
import org.transnormer.model.parallel.InProcess;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** The way through NCCL's interface and the driver's streams, both emulated. */
class NcclCollectivesTest extends CollectivesContract {

  /** Whether what is exchanged aside is done at once, or as late as it can be. */
  boolean early() {
    return false;
  }

  @AfterAll
  static void lateAgain() {
    NcclRanks.exchangeEarly(false);
  }

  @Override
  protected void run(int ranks, InProcess.Rank work) {
    NcclRanks.exchangeEarly(early());
    NcclRanks.run(ranks, ElementType.F32, work);
  }

  /** So a wait that is missing shows. */
  @Test
  void whatIsAddedUpAsideIsThereOnceItIsAwaited() {
    run(
        2,
        (group, backend) -> {
          Tensor x = Numbers.tensor(backend, new float[] {1, 2, 3}, 3, 1);
          group.aside().allReduce(x);
          float[] before = Numbers.array(backend, x);
          group.awaitAside();
          assertThat(before).isEqualTo(early() ? new float[] {2, 4, 6} : new float[] {1, 2, 3});
          assertThat(Numbers.array(backend, x)).containsExactly(2, 4, 6);
        });
  }

  @Test
  void aLostRankEndsWhatTheOthersWaitForAndTheyAreTold() {
    Emulation.openByDriver(ElementType.F32).close(); // or skip, which is no failure of a rank
    assertThatThrownBy(() ->
            run(
                3,
                (group, backend) -> {
                  if (group.rank() == 1) {
                    throw new IllegalArgumentException("no more");
                  }
                  group.allReduce(Numbers.zeros(backend, 100, 1));
                  backend.finish();
                }))
        .hasMessageContaining("no more");
  }
}
