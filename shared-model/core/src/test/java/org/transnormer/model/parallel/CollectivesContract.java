package org.transnormer.model.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.tensor;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.Tensor;

/** What the ranks of a group can rely on, whoever carries what they say. */
public abstract class CollectivesContract {

  private static final int LENGTH = 5000;

  private static float[] numbers(int rank) {
    float[] numbers = new float[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
      numbers[i] = (float) Math.sin(i * 0.7 + rank) * (1 << rank);
    }
    return numbers;
  }

  private static float[] sum(int ranks) {
    float[] sum = numbers(0);
    for (int rank = 1; rank < ranks; rank++) {
      float[] more = numbers(rank);
      for (int i = 0; i < LENGTH; i++) {
        sum[i] += more[i];
      }
    }
    return sum;
  }

  private interface Work {
    float[] of(Collectives collectives, Tensor x, Backend backend);
  }

  /**
   * Runs ranks to their end.
   *
   * @throws IllegalStateException when one fails, with its message
   */
  protected abstract void run(int ranks, InProcess.Rank work);

  private Map<Integer, float[]> run(int ranks, Work work) {
    Map<Integer, float[]> results = new ConcurrentHashMap<>();
    run(
        ranks,
        (collectives, backend) -> {
          Tensor x = tensor(backend, numbers(collectives.rank()), LENGTH, 1);
          results.put(collectives.rank(), work.of(collectives, x, backend));
        });
    return results;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8})
  protected void aSumRunsOverTheRanksInTheirOrder(int ranks) {
    Map<Integer, float[]> results =
        run(
            ranks,
            (group, x, backend) -> {
              group.allReduce(x);
              double[] host = {group.rank(), 1};
              group.allReduce(host);
              assertThat(host).containsExactly(ranks * (ranks - 1) / 2.0, ranks);
              return array(backend, x);
            });

    float[] expected = sum(ranks);
    assertThat(results).hasSize(ranks).allSatisfy((_, x) -> assertThat(x).isEqualTo(expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  protected void scatteredSumsGatheredAreTheSum(int ranks) {
    Slices slices = new Slices(LENGTH, ranks);
    Map<Integer, float[]> results =
        run(
            ranks,
            (group, x, backend) -> {
              group.reduceScatter(slices.of(x, 0));
              group.allGather(slices.of(x, 0));
              return array(backend, x);
            });

    float[] expected = sum(ranks);
    assertThat(results).hasSize(ranks).allSatisfy((_, x) -> assertThat(x).isEqualTo(expected));
  }

  @Test
  protected void whatIsSentArrivesAndOneCanTellAll() {
    Map<Integer, float[]> results =
        run(
            4,
            (group, x, backend) -> {
              if (group.rank() > 0) {
                group.receive(x, group.rank() - 1);
              }
              if (group.rank() < 3) {
                group.send(x, group.rank() + 1);
              }
              if (group.rank() == 2) {
                backend.write(x, java.lang.foreign.MemorySegment.ofArray(numbers(7)));
              }
              float[] chain = array(backend, x);
              group.broadcast(x, 2);
              assertThat(array(backend, x)).isEqualTo(numbers(7));
              return chain;
            });

    assertThat(results.get(3)).isEqualTo(numbers(0));
  }

  @Test
  protected void aGroupSplitsIntoGroupsThatDoNotHearEachOther() {
    Map<Integer, float[]> results =
        run(
            6,
            (group, x, backend) -> {
              Collectives part = group.split(group.rank() % 2);
              assertThat(part.size()).isEqualTo(3);
              assertThat(part.rank()).isEqualTo(group.rank() / 2);
              part.allReduce(x);
              Collectives again = group.split(group.rank() / 3);
              assertThat(again.rank()).isEqualTo(group.rank() % 3);
              return array(backend, x);
            });

    float[] odd = numbers(1);
    for (int rank : new int[] {3, 5}) {
      for (int i = 0; i < LENGTH; i++) {
        odd[i] += numbers(rank)[i];
      }
    }
    assertThat(results.get(1)).isEqualTo(odd);
    assertThat(results.get(5)).isEqualTo(odd);
    assertThat(results.get(0)).isNotEqualTo(odd);
  }

  /** In pieces, beside other work, as a backward pass does it. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  protected void piecesAddedUpAsideAreTheSum(int ranks) {
    Slices slices = new Slices(LENGTH, ranks);
    Map<Integer, float[]> results =
        run(
            ranks,
            (group, x, backend) -> {
              Collectives aside = group.aside();
              Tensor other = tensor(backend, new float[LENGTH], LENGTH, 1);
              for (int to = LENGTH; to > 0; to -= 1250) {
                backend.copy(other.rows(to - 1250, to), x.rows(to - 1250, to));
                aside.reduceScatter(slices.of(other.rows(to - 1250, to), to - 1250));
              }
              group.awaitAside();
              backend.copy(x, other);
              group.allGather(slices.of(x, 0));
              aside.allReduce(x.rows(0, 100));
              group.awaitAside();
              return array(backend, x);
            });

    float[] expected = sum(ranks);
    for (int i = 0; i < 100; i++) {
      float one = expected[i];
      for (int rank = 1; rank < ranks; rank++) {
        expected[i] += one;
      }
    }
    assertThat(results).hasSize(ranks).allSatisfy((_, x) -> assertThat(x).isEqualTo(expected));
  }
}
