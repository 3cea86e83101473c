package org.transnormer.model.generate;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CounterRandomTest {

  private static final long SEED = 7;

  private static void assertRounds(double scale, long counter) {
    assertThat(Float.floatToRawIntBits(CounterRandom.scaledNormal(scale, SEED, counter)))
        .as("number %d by %s", counter, scale)
        .isEqualTo(Float.floatToRawIntBits((float) (scale * CounterRandom.normal(SEED, counter))));
  }

  @Test
  void aScaledNormalIsWhatStrictArithmeticRoundsTo() {
    for (long counter = 0; counter < 100_000; counter++) {
      assertRounds(0.02, counter);
    }
  }

  /** Scales that bring each number next to the middle between two floats. */
  @Test
  void soItIsWhereFloatsRoundEitherWay() {
    for (long counter = 0; counter < 20_000; counter++) {
      double normal = CounterRandom.normal(SEED, counter);
      float below = (float) (0.02 * normal);
      double middle = ((double) below + Math.nextUp(below)) / 2;
      for (int ulps = -3; ulps <= 3; ulps++) {
        assertRounds((middle + ulps * Math.ulp(middle)) / normal, counter);
      }
    }
  }
}
