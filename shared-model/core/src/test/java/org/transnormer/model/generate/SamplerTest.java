package org.transnormer.model.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.lm.Logits;

class SamplerTest {

  @Test
  void greedyTakesTheFirstOfTheLargest() {
    Logits logits = logits(0.5, 2, -1, 2);

    assertThat(new Sampler(Sampling.greedy()).next(logits, 0, 7)).isEqualTo(1);
  }

  @Test
  void theSameSeedAndCounterGiveTheSameToken() {
    Logits logits = logits(0, 0.1, 0.2, 0.3, 0.4);
    Sampler sampler = new Sampler(new Sampling(1, 1, 0, 42));

    int[] once = draws(sampler, logits, 100);
    int[] again = draws(sampler, logits, 100);
    int[] otherSeed = draws(new Sampler(new Sampling(1, 1, 0, 43)), logits, 100);

    assertThat(again).isEqualTo(once);
    assertThat(otherSeed).isNotEqualTo(once);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1, 2})
  void frequenciesFollowTheTemperedDistribution(double temperature) {
    double[] values = {1, 0, -1, 2};
    double sum = DoubleStream.of(values).map(v -> Math.exp(v / temperature)).sum();
    int n = 40_000;

    int[] tokens = draws(new Sampler(new Sampling(temperature, 1, 0, 1)), logits(values), n);

    for (int token = 0; token < values.length; token++) {
      int wanted = token;
      double share = IntStream.of(tokens).filter(t -> t == wanted).count() / (double) n;
      assertThat(share).isCloseTo(Math.exp(values[token] / temperature) / sum, within(0.01));
    }
  }

  @Test
  void topKKeepsTheMostLikely() {
    int[] tokens = draws(new Sampler(new Sampling(5, 1, 2, 1)), logits(1, 3, 2, 0), 500);

    assertThat(IntStream.of(tokens).distinct().sorted()).containsExactly(1, 2);
  }

  @Test
  void topPKeepsTheSmallestSetThatReachesIt() {
    Logits logits = logits(Math.log(0.5), Math.log(0.3), Math.log(0.15), Math.log(0.05));

    assertThat(kept(logits, 0.79)).containsExactly(0, 1);
    assertThat(kept(logits, 0.81)).containsExactly(0, 1, 2);
    assertThat(kept(logits, 0.01)).containsExactly(0);
  }

  @Test
  void logProbabilitiesSumToOneAndComeSorted() {
    Logits logits = logits(-3, 0.25, 1000, 999, -0.0, 0.0);

    List<TokenLogProbability> top = Sampler.topLogProbabilities(logits, 0, 6);

    assertThat(top).extracting(TokenLogProbability::token).containsExactly(2, 3, 1, 4, 5, 0);
    assertThat(top.stream().mapToDouble(t -> Math.exp(t.logProbability())).sum())
        .isCloseTo(1, within(1e-12));
    assertThat(Sampler.logProbability(logits, 0, 3)).isCloseTo(-1.313262, within(1e-6));
  }

  @Test
  void logitsThatAreNoNumbersAreRefused() {
    assertThatThrownBy(() -> new Sampler(Sampling.greedy()).next(logits(1, Double.NaN, 2), 0, 0))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void settingsOutsideTheirRangeAreRefused() {
    assertThatThrownBy(() -> new Sampling(-1, 1, 0, 0)).hasMessageContaining("temperature");
    assertThatThrownBy(() -> new Sampling(1, 0, 0, 0)).hasMessageContaining("topP");
    assertThatThrownBy(() -> new Sampling(1, 1, -1, 0)).hasMessageContaining("topK");
  }

  @Test
  void normalNumbersHaveMeanZeroAndVarianceOne() {
    double[] numbers =
        LongStream.range(0, 100_000).mapToDouble(i -> CounterRandom.normal(3, i)).toArray();

    assertThat(DoubleStream.of(numbers).average().orElseThrow()).isCloseTo(0, within(0.01));
    assertThat(DoubleStream.of(numbers).map(x -> x * x).average().orElseThrow())
        .isCloseTo(1, within(0.02));
  }

  private static int[] kept(Logits logits, double topP) {
    return IntStream.of(draws(new Sampler(new Sampling(1, topP, 0, 1)), logits, 2000))
        .distinct()
        .sorted()
        .toArray();
  }

  private static int[] draws(Sampler sampler, Logits logits, int n) {
    return IntStream.range(0, n).map(i -> sampler.next(logits, 0, i)).toArray();
  }

  private static Logits logits(double... values) {
    Logits logits = new Logits(1, values.length);
    for (int token = 0; token < values.length; token++) {
      logits.set(0, token, (float) values[token]);
    }
    return logits;
  }
}
