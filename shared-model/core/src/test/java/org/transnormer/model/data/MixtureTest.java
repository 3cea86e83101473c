package org.transnormer.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MixtureTest {

  @Test
  void everyBlockHasExactlyEachSourcesShare() {
    Mixture mixture = new Mixture(List.of(5.0, 3.0, 2.0), 7);
    for (int block = 0; block < 3; block++) {
      int[] counts = new int[3];
      for (int i = 0; i < Mixture.BLOCK; i++) {
        counts[mixture.at((long) block * Mixture.BLOCK + i).source()]++;
      }
      assertThat(counts).containsExactly(5000, 3000, 2000);
    }
  }

  @Test
  void aSourcesSamplesAreNumberedWithoutAGapOrARepetition() {
    Mixture mixture = new Mixture(List.of(0.013, 0.987), 7);
    List<Set<Long>> numbers = new ArrayList<>(List.of(new HashSet<>(), new HashSet<>()));
    for (long i = 0; i < 2L * Mixture.BLOCK; i++) {
      Mixture.Sample sample = mixture.at(i);
      assertThat(numbers.get(sample.source()).add(sample.number())).isTrue();
    }
    for (Set<Long> of : numbers) {
      assertThat(of).allMatch(number -> number >= 0 && number < of.size());
    }
    assertThat(numbers.getFirst()).hasSize(260);
  }

  @Test
  void aShortRunHasRoughlyItsShareToo() {
    Mixture mixture = new Mixture(List.of(1.0, 1.0), 11);
    long first = 0;
    for (long i = 0; i < 200; i++) {
      first += mixture.at(i).source() == 0 ? 1 : 0;
    }
    assertThat(first).isBetween(70L, 130L);
  }

  @Test
  void blocksAndSeedsDiffer() {
    Mixture one = new Mixture(List.of(1.0, 1.0), 1);
    Mixture two = new Mixture(List.of(1.0, 1.0), 2);
    int seeds = 0;
    int blocks = 0;
    for (long i = 0; i < 1000; i++) {
      seeds += one.at(i).source() == two.at(i).source() ? 1 : 0;
      blocks += one.at(i).source() == one.at(i + Mixture.BLOCK).source() ? 1 : 0;
    }
    assertThat(List.of(seeds, blocks)).allMatch(equal -> equal > 350 && equal < 650);
  }

  @Test
  void aSingleSourceHasEverySample() {
    Mixture mixture = new Mixture(List.of(3.0), 1);
    assertThat(mixture.at(123_456)).isEqualTo(new Mixture.Sample(0, 123_456));
  }

  @Test
  void refusesAWeightThatWouldNeverCount() {
    assertThatThrownBy(() -> new Mixture(List.of(1.0, 1e-6), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("less than one sample");
  }
}
