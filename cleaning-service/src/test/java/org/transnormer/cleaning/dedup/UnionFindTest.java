package org.transnormer.cleaning.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnionFindTest {
  private static final int SIZE = 300;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void rootsAreTheSmallestIdsWhateverTheOrderOfLinks(long seed) {
    Random random = new Random(seed);
    List<long[]> links = new ArrayList<>();
    for (int i = random.nextInt(400); i > 0; i--) {
      links.add(new long[] {random.nextInt(SIZE), random.nextInt(SIZE)});
    }
    long[] expected = smallestReachable(links);

    for (int order = 0; order < 3; order++) {
      Collections.shuffle(links, random);
      try (UnionFind sets = new UnionFind(SIZE)) {
        links.forEach(link -> sets.link(link[0], link[1]));
        for (int id = 0; id < SIZE; id++) {
          assertThat(sets.root(id)).isEqualTo(expected[id]);
        }
      }
    }
  }

  /** Slow and obvious: spread the smallest id until nothing changes. */
  private static long[] smallestReachable(List<long[]> links) {
    long[] smallest = new long[SIZE];
    Arrays.setAll(smallest, i -> i);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (long[] link : links) {
        long least = Math.min(smallest[(int) link[0]], smallest[(int) link[1]]);
        changed |= smallest[(int) link[0]] != least || smallest[(int) link[1]] != least;
        smallest[(int) link[0]] = least;
        smallest[(int) link[1]] = least;
      }
    }
    return smallest;
  }
}
