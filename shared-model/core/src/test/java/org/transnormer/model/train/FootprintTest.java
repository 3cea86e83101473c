package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.NamedSizes;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;

class FootprintTest {

  private static final long CARD = 80_000_000_000L;

  private static TnlConfig size(String name) {
    return NamedSizes.named(name).orElseThrow().config();
  }

  /** What is told of a model beforehand is what a session plans, and so what it allocates. */
  @Test
  void isWhatASessionPlans() {
    TnlConfig config = TnlConfig.of(300, 32, 2, 4, 64, 0);
    TrainingSpec spec =
        new TrainingSpec(
            config,
            OptimizerSpec.adamW(1e-3, Schedule.COSINE, 0),
            new BatchSpec(4, 512, 2, true),
            1,
            0,
            new EvalSpec(0, 0),
            new CheckpointSpec(0, 0));
    try (Backend backend = CpuBackend.open(1, false)) {
      long planned = TrainingSession.plan(spec, backend).bytes();
      long told = Footprint.of(config, spec.batch().shape(), ElementType.F32, 1).total();
      assertThat((double) told).isCloseTo(planned, within(0.01 * planned));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tnl1-385m", "tnl1-1b", "tnl1-7b", "tnl1-175b", "tnl3-15b"})
  void countsFourBytesForEachOfFourNumbersAParameter(String name) {
    TnlConfig config = size(name);
    TrainingShape shape = new TrainingShape(1, 8192, true);
    Footprint exact = Footprint.of(config, shape, ElementType.F32, 1);
    Footprint mixed = Footprint.of(config, shape, ElementType.BF16, 1);
    Footprint kept = Footprint.of(config, new TrainingShape(1, 8192, false), ElementType.BF16, 1);

    assertThat(exact.total() - exact.activations()).isEqualTo(16 * config.parameterCount());
    assertThat(mixed.total() - mixed.activations()).isEqualTo(18 * config.parameterCount());
    assertThat(mixed.activations()).isLessThan(exact.activations());
    assertThat(kept.activations()).isGreaterThan(3 * mixed.activations());
  }

  @Test
  void saysOnHowManyCardsAModelFits() {
    TrainingShape shape = new TrainingShape(1, 8192, true);
    Footprint small = Footprint.of(size("tnl1-385m"), shape, ElementType.BF16, 1);
    Footprint seven = Footprint.of(size("tnl1-7b"), shape, ElementType.BF16, 1);
    Footprint large = Footprint.of(size("tnl1-175b"), shape, ElementType.BF16, 1);
    Footprint split = Footprint.of(size("tnl1-175b"), shape, ElementType.BF16, 8);

    assertThat(small.cards(CARD)).hasValue(1);
    assertThat(seven.cards(CARD)).isEmpty();
    assertThat(seven.cardsSharingEverything(CARD).orElseThrow()).isBetween(2, 4);
    assertThat(large.cardsSharingOptimizer(CARD)).isEmpty();
    assertThat(large.cardsSharingEverything(CARD)).isEmpty(); // with whole layers at work
    assertThat(split.cards(CARD)).isEmpty();
    assertThat(split.cardsSharingEverything(CARD).orElseThrow() % 8).isZero();
    assertThat(split.parameters()).isLessThan(large.parameters() / 7);
  }
}
