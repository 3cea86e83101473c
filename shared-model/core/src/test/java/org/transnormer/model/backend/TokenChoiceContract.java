package org.transnormer.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.transnormer.model.golden.Numbers.normal;
import static org.transnormer.model.golden.Numbers.typed;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.generate.Sampling;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** A device that leaves logits where they are chooses the tokens that the host would choose. */
public interface TokenChoiceContract {

  /** What is tested; it has a choice of tokens. */
  Backend backend();

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 700, 3001})
  default void tokensAreThoseThatTheHostChooses(int vocab) {
    List<Rule> rules = new ArrayList<>();
    for (double temperature : new double[] {0, 0.05, 1, 30}) {
      for (double topP : new double[] {1, 0.9, 0.3, 1e-9}) {
        for (int topK : new int[] {0, 1, 40, vocab}) {
          rules.add(new Sampling(temperature, topP, topK, vocab).rule(rules.size()));
        }
      }
    }
    assertChosenAsByTheHost(vocab, rules);
  }

  /** So many that a device may add up several of them before it compares. */
  @Test
  default void tokensOfALargeVocabularyToo() {
    List<Rule> rules = new ArrayList<>();
    for (double temperature : new double[] {0, 0.05, 1, 30}) {
      for (int seed = 0; seed < 4; seed++) {
        rules.add(new Sampling(temperature, 1, 0, seed).rule(rules.size()));
      }
    }
    rules.add(new Sampling(1, 0.9, 40, 1).rule(0));
    assertChosenAsByTheHost(40_013, rules);
  }

  private void assertChosenAsByTheHost(int vocab, List<Rule> rules) {
    TokenChoice choice = backend().tokenChoice().orElseThrow();
    int rows = rules.size();
    Tensor logits = typed(backend(), ElementType.F32, logits(rows, vocab), rows, vocab);
    Logits here = new Logits(rows, vocab);
    backend().read(here.segment(), logits);
    int[] tokens = new int[rows + 2];
    rules.addFirst(new Rule(1, 1, 0, 0));

    choice.choose(tokens, logits, rules, 1);
    backend().finish();

    for (int row = 0; row < rows; row++) {
      assertThat(tokens[1 + row])
          .as("row %d, %s", row, rules.get(1 + row))
          .isEqualTo(Sampler.next(here, row, rules.get(1 + row)));
    }
    assertThat(tokens[0] + tokens[rows + 1]).isZero();
  }

  /** Some of them equal, some rows all of them, both zeros, and one far above the others. */
  private static float[] logits(int rows, int vocab) {
    float[] logits = normal(vocab, rows * vocab);
    for (int i = 0; i < logits.length; i++) {
      int row = i / vocab;
      logits[i] = row % 7 == 0 ? -0.0f : row % 3 == 0 ? Math.round(2 * logits[i]) : logits[i];
      if (row % 5 == 0 && i % vocab == vocab / 2) {
        logits[i] += 20;
      }
    }
    return logits;
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  default void nothingIsChosenFromWhatAreNoNumbers(float strange) {
    TokenChoice choice = backend().tokenChoice().orElseThrow();
    float[] numbers = normal(1, 2 * 50);
    numbers[70] = strange;
    Tensor logits = typed(backend(), ElementType.F32, numbers, 2, 50);
    int[] tokens = new int[2];

    choice.choose(tokens, logits, List.of(new Rule(1, 1, 0, 0.5), new Rule(0, 1, 0, 0)), 0);
    backend().finish();

    assertThat(tokens[0]).isBetween(0, 49);
    assertThat(tokens[1]).isEqualTo(TokenChoice.NONE);
  }
}
