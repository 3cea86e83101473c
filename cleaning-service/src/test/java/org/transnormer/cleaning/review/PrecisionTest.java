package org.transnormer.cleaning.review;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrecisionTest {

  /** Values of statsmodels' proportion_confint(8, 10, method="wilson"). */
  @Test
  void isWilsonsInterval() {
    Precision precision = Precision.wilson(8, 10);

    assertThat(precision.share()).isEqualTo(0.8);
    assertThat(precision.low()).isCloseTo(0.4901625, within(1e-6));
    assertThat(precision.high()).isCloseTo(0.9433178, within(1e-6));
  }

  @Test
  void knowsNothingWithoutJudgements() {
    assertThat(Precision.wilson(0, 0)).isEqualTo(new Precision(0, 0, 0, 0, 1));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 10, 1_000, 1_000_000})
  void staysInsideTheUnitInterval(long judged) {
    assertThat(Precision.wilson(0, judged).low()).isZero();
    assertThat(Precision.wilson(judged, judged).high()).isEqualTo(1);
    assertThat(Precision.wilson(judged, judged).low()).isBetween(0.0, 1.0);
  }

  @Test
  void refusesMoreAgreementThanJudgements() {
    assertThatIllegalArgumentException().isThrownBy(() -> Precision.wilson(3, 2));
  }
}
