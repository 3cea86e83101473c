package org.transnormer.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchSamplerTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 15, 16, 17, 100, 1000, 4097})
  void permutesEverySize(long n) {
    for (long key = 0; key < 5; key++) {
      Permutation permutation = new Permutation(n, key);
      BitSet seen = new BitSet();
      for (long i = 0; i < n; i++) {
        seen.set((int) permutation.at(i));
      }
      assertThat(seen.cardinality()).isEqualTo((int) n);
      assertThat(seen.length()).isEqualTo((int) n);
    }
  }

  @Test
  void givesEachTokenItsSuccessor() throws IOException {
    try (TokenSet set = TokenSets.counting(folder, 1000, 1000)) {
      Batch batch = new BatchSampler(set, 16, 7).batch(new DataCursor(5), 4);

      assertThat(batch.rows()).isEqualTo(4);
      for (int i = 0; i < batch.inputs().length; i++) {
        int next = batch.inputs()[i] == 999 ? 0 : batch.inputs()[i] + 1;
        assertThat(batch.targets()[i]).isEqualTo(next);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1000, 16", "17, 16", "31, 16", "32, 16", "33, 16", "1000, 999", "500, 1"})
  void goesThroughTheTokensOncePerEpoch(int tokens, int length) throws IOException {
    try (TokenSet set = TokenSets.counting(folder, tokens, tokens)) {
      BatchSampler sampler = new BatchSampler(set, length, 3);
      long windows = sampler.samplesPerEpoch();
      for (int epoch = 0; epoch < 4; epoch++) {
        Set<Integer> seen = new HashSet<>();
        for (long g = epoch * windows; g < (epoch + 1) * windows; g++) {
          for (int token : sampler.batch(new DataCursor(g), 1).inputs()) {
            assertThat(seen.add(token)).as("token twice in an epoch").isTrue();
          }
        }
        assertThat(seen.size()).isGreaterThan(tokens - 2 * length - 1);
      }
    }
  }

  @Test
  void drawsTheSameSamplesWhateverTheBatchAndTheRanks() throws IOException {
    try (TokenSet set = TokenSets.counting(folder, 3000, 50)) {
      BatchSampler sampler = new BatchSampler(set, 20, 42);
      List<int[]> single = new ArrayList<>();
      for (int g = 0; g < 24; g++) {
        single.add(sampler.batch(new DataCursor(g), 1).inputs());
      }
      for (int sequences : new int[] {2, 3, 8, 12}) {
        for (int ranks : new int[] {1, 2, 3}) {
          for (long cursor = 0; cursor + sequences <= 24; cursor += sequences) {
            for (int rank = 0; rank < ranks; rank++) {
              int from = sequences * rank / ranks;
              int to = sequences * (rank + 1) / ranks;
              Batch batch = sampler.batch(new DataCursor(cursor), sequences, from, to);
              for (int row = from; row < to; row++) {
                int at = (row - from) * 20;
                assertThat(Arrays.copyOfRange(batch.inputs(), at, at + 20))
                    .containsExactly(single.get((int) cursor + row));
              }
            }
          }
        }
      }
    }
  }

  @Test
  void drawsOtherSamplesForAnotherSeedAndAnotherEpoch() throws IOException {
    try (TokenSet set = TokenSets.counting(folder, 3000, 50)) {
      BatchSampler sampler = new BatchSampler(set, 20, 1);
      int[] first = sampler.batch(DataCursor.START, 100).inputs();

      assertThat(new BatchSampler(set, 20, 2).batch(DataCursor.START, 100).inputs())
          .isNotEqualTo(first);
      assertThat(sampler.batch(new DataCursor(sampler.samplesPerEpoch()), 100).inputs())
          .isNotEqualTo(first);
      assertThat(sampler.batch(DataCursor.START, 100).inputs()).isEqualTo(first);
    }
  }

  @Test
  void namesTheDocumentsOfABatch() throws IOException {
    try (TokenSet set = TokenSets.counting(folder, 3000, 7)) {
      BatchSampler sampler = new BatchSampler(set, 20, 9);
      DataCursor cursor = new DataCursor(11);
      int[] inputs = sampler.batch(cursor, 5).inputs();

      int[] covered = new int[5];
      for (BatchDocument part : sampler.documents(cursor, 5)) {
        assertThat(part.from()).isEqualTo(covered[part.row()]);
        assertThat(part.shard()).isEqualTo(TokenSets.shards().get(part.document().shard()));
        for (int i = part.from(); i < part.to(); i++) {
          int token = inputs[part.row() * 20 + i];
          int document = part.document().ordinal();
          assertThat(token == 0 || (token - 1) / 7 == document).isTrue();
        }
        covered[part.row()] = part.to();
      }
      assertThat(covered).containsOnly(20);
    }
  }

  @Test
  void refusesASetWithoutOneWholeSample() throws IOException {
    try (TokenSet set = TokenSets.counting(folder, 16, 16)) {
      assertThatThrownBy(() -> new BatchSampler(set, 16, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("17 training tokens, the token set has 16");
    }
  }
}
