package org.transnormer.model.data;

import java.util.List;

/**
 * Which of several sources a sample is from, and the how manieth of that source it is; both follow
 * from the sample's number and the seed alone. Of every {@value #BLOCK} samples each source has
 * exactly its share, in an order of the block's own.
 */
final class Mixture {

  static final int BLOCK = 10_000;

  private final int[] ends;
  private final long seed;

  /**
   * @param source by its place in the list of weights
   * @param number of the sample among those of its source
   */
  record Sample(int source, long number) {}

  /**
   * @param weights positive; their sum is the whole
   */
  Mixture(List<Double> weights, long seed) {
    this.ends = ends(weights);
    this.seed = seed;
  }

  /** Shares of a block by the largest remainder, added up. */
  private static int[] ends(List<Double> weights) {
    double sum = weights.stream().mapToDouble(Double::doubleValue).sum();
    int[] shares = new int[weights.size()];
    double[] rest = new double[shares.length];
    int given = 0;
    for (int i = 0; i < shares.length; i++) {
      double exact = weights.get(i) / sum * BLOCK;
      shares[i] = (int) exact;
      rest[i] = exact - shares[i];
      given += shares[i];
    }
    for (; given < BLOCK; given++) {
      int most = 0;
      for (int i = 1; i < rest.length; i++) {
        most = rest[i] > rest[most] ? i : most;
      }
      shares[most]++;
      rest[most]--;
    }
    for (int i = 0; i < shares.length; i++) {
      if (shares[i] < 1) {
        throw new IllegalArgumentException(
            "weight %s of %s is less than one sample in %d".formatted(weights.get(i), sum, BLOCK));
      }
      shares[i] += i == 0 ? 0 : shares[i - 1];
    }
    return shares;
  }

  Sample at(long sample) {
    if (ends.length == 1) {
      return new Sample(0, sample);
    }
    long block = sample / BLOCK;
    long key = Permutation.mix(seed ^ 0x3C6EF372FE94F82BL) ^ Permutation.mix(block);
    int place = (int) new Permutation(BLOCK, key).at(sample % BLOCK);
    int source = 0;
    while (place >= ends[source]) {
      source++;
    }
    int from = source == 0 ? 0 : ends[source - 1];
    return new Sample(source, block * (ends[source] - from) + place - from);
  }
}
