package org.transnormer.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenStatisticsTest {

  private static final int V = 12;

  @TempDir Path folder;

  private static int[] chain(long seed, int length) {
    Random random = new Random(seed);
    int[] tokens = new int[length];
    for (int i = 1; i < length; i++) {
      tokens[i] =
          random.nextInt(3) == 0 ? random.nextInt(V - 2) : (tokens[i - 1] * 3 + 1) % (V - 1);
    }
    return tokens;
  }

  @Test
  void agreesWithCountingByHand() throws IOException {
    int[][] train = {chain(1, 150)};
    int[][] heldout = {chain(2, 40), {V - 1, 3, V - 1}};
    try (TokenSet set = TokenSets.write(folder, V, 1000, train, heldout)) {
      TokenStatistics measured = TokenStatistics.measure(set, Long.MAX_VALUE, Long.MAX_VALUE);

      int[] fitted = set.train().read(0, (int) set.train().size());
      int[] judged = set.heldout().read(0, (int) set.heldout().size());
      assertThat(measured.unigramEntropyNats()).isCloseTo(entropy(fitted), within(1e-12));
      assertThat(measured.kneserNeyBigramHeldoutNats())
          .isCloseTo(kneserNey(fitted, judged), within(1e-12));
      assertThat(measured.heldoutTokens()).isEqualTo(judged.length - 1);
    }
  }

  @Test
  void isADistributionAfterEveryToken() throws IOException {
    try (TokenSet set = TokenSets.write(folder, V, 99, new int[][] {chain(3, 90)}, new int[0][])) {
      int[] tokens = set.train().read(0, (int) set.train().size());
      BigramCounts counts = new BigramCounts();
      for (int i = 1; i < tokens.length; i++) {
        counts.add(tokens[i - 1], tokens[i]);
      }
      KneserNeyBigram model = new KneserNeyBigram(counts, V);
      for (int v = 0; v < V; v++) {
        double sum = 0;
        for (int w = 0; w < V; w++) {
          assertThat(model.probability(v, w)).isPositive();
          sum += model.probability(v, w);
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
      }
    }
  }

  @Test
  void saysSoWhenNothingIsHeldOut() throws IOException {
    try (TokenSet set = TokenSets.write(folder, V, 99, new int[][] {{1, 2}}, new int[0][])) {
      TokenStatistics measured = TokenStatistics.measure(set, 100, 100);

      assertThat(measured.kneserNeyBigramHeldoutNats()).isNaN();
      assertThat(measured.heldoutTokens()).isZero();
    }
  }

  @Test
  void countsOnlyAsManyTokensAsAllowed() throws IOException {
    try (TokenSet set =
        TokenSets.write(folder, V, 99, new int[][] {{1, 1, 1, 1, 2, 3}}, new int[][] {{1, 1, 5}})) {
      TokenStatistics measured = TokenStatistics.measure(set, 4, 2);

      assertThat(measured.unigramEntropyNats()).isZero();
      assertThat(measured.trainTokens()).isEqualTo(4);
      assertThat(measured.heldoutTokens()).isEqualTo(1);
    }
  }

  private static double entropy(int[] tokens) {
    double sum = 0;
    for (int token : tokens) {
      sum -= Math.log((double) count(tokens, token) / tokens.length);
    }
    return sum / tokens.length;
  }

  private static long count(int[] tokens, int token) {
    long count = 0;
    for (int t : tokens) {
      count += t == token ? 1 : 0;
    }
    return count;
  }

  /** The formula with every count taken anew from the list of pairs. */
  private static double kneserNey(int[] train, int[] heldout) {
    List<List<Integer>> pairs = new ArrayList<>();
    for (int i = 1; i < train.length; i++) {
      pairs.add(List.of(train[i - 1], train[i]));
    }
    List<List<Integer>> types = pairs.stream().distinct().toList();
    double n1 = types.stream().filter(t -> occurrences(pairs, t) == 1).count();
    double n2 = types.stream().filter(t -> occurrences(pairs, t) == 2).count();
    double d = n1 / (n1 + 2 * n2);
    double m1 = 0;
    double m2 = 0;
    double seen = 0;
    for (int w = 0; w < V; w++) {
      long before = predecessors(types, w);
      m1 += before == 1 ? 1 : 0;
      m2 += before == 2 ? 1 : 0;
      seen += before > 0 ? 1 : 0;
    }
    double e = m1 == 0 || m2 == 0 ? 0.75 : m1 / (m1 + 2 * m2);
    double loss = 0;
    for (int i = 1; i < heldout.length; i++) {
      int v = heldout[i - 1];
      int w = heldout[i];
      double lower =
          Math.max(predecessors(types, w) - e, 0) / types.size() + e * seen / types.size() / V;
      double context = pairs.stream().filter(p -> p.get(0) == v).count();
      double after = types.stream().filter(p -> p.get(0) == v).count();
      double p =
          context == 0
              ? lower
              : Math.max(occurrences(pairs, List.of(v, w)) - d, 0) / context
                  + d * after / context * lower;
      loss -= Math.log(p);
    }
    return loss / (heldout.length - 1);
  }

  private static long occurrences(List<List<Integer>> pairs, List<Integer> pair) {
    return pairs.stream().filter(pair::equals).count();
  }

  private static long predecessors(List<List<Integer>> types, int w) {
    return types.stream().filter(t -> t.get(1) == w).count();
  }
}
