package org.transnormer.model.lm.tnl;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.NamedSizes;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.MemoryPlan;

/** Nothing grows faster than the length of a sequence. */
class LinearMemoryTest {

  private static final int LONG = 65_536;

  @Test
  void twiceTheLengthIsAtMostTwiceTheMemoryForEverySizeAndTensor() {
    for (NamedSizes.Entry size : NamedSizes.all().values()) {
      for (boolean recompute : new boolean[] {false, true}) {
        MemoryPlan half = plan(size.config(), LONG / 2, recompute);
        MemoryPlan whole = plan(size.config(), LONG, recompute);

        assertThat(whole.bytes()).as(size.name()).isLessThanOrEqualTo(2 * half.bytes());
        for (int i = 0; i < half.entries().size(); i++) {
          assertThat(whole.entries().get(i).bytes())
              .as(size.name() + " " + half.entries().get(i).name())
              .isLessThanOrEqualTo(2 * half.entries().get(i).bytes());
        }
      }
    }
  }

  private static MemoryPlan plan(TnlConfig config, int length, boolean recompute) {
    return new TrainingMemory(
            TnlSplit.whole(config), new TrainingShape(1, length, recompute), 64, ElementType.F32)
        .plan();
  }

  @Test
  void readingAndDecodingTakeTheSameForEveryLength() {
    TnlConfig config = TnlConfig.of(64, 16, 2, 2, 32, 0);
    long state = TnlState.bytes(config);
    long work = new InferenceMemory(config, 512, ElementType.F32).plan().bytes();

    assertThat(state).isEqualTo(new TnlFamily(config).stateBytes());
    assertThat(work).isLessThan(4L << 20); // and neither names a length
  }

  /** A step over 65,536 positions really runs in the memory that was planned. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStepOverSixtyFourThousandPositionsRunsInItsPlan(boolean recompute) {
    TnlConfig config = TnlConfig.of(64, 16, 2, 2, 32, 0);
    int[] tokens = new Random(1).ints(LONG + 1, 0, 64).toArray();
    try (Backend backend = CpuBackend.open(2, false);
        LanguageModel model =
            new TnlTrainable(backend, config, new TrainingShape(1, LONG, recompute))) {
      new TnlFamily(config).initialise(model, backend, 3);
      long heapBefore = heap();

      double mean =
          model
              .forwardBackward(
                  Arrays.copyOf(tokens, LONG), Arrays.copyOfRange(tokens, 1, LONG + 1), 1, LONG)
              .mean();

      assertThat(mean).isBetween(3.9, 4.5);
      assertThat(heap() - heapBefore).isLessThan(32L << 20);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment gradients = backend.view(model.gradients().all(), arena);
        for (long i = 0; i < gradients.byteSize(); i += Float.BYTES) {
          assertThat(gradients.get(java.lang.foreign.ValueLayout.JAVA_FLOAT, i)).isFinite();
        }
      }
    }
  }

  private static long heap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
