package org.transnormer.model.data;

/**
 * Interpolated Kneser-Ney with one discount per order (Chen and Goodman 1998, section 2.7 and
 * equation 24; discounts n1 / (n1 + 2 n2) as in section 2.6), below it the uniform distribution:
 *
 * <pre>
 * p(w|v) = (c(vw) - D) / c(v.) + D N(v.) / c(v.) p(w),   p(w) = (N(.w) - E) / N(..) + E W / N(..) / V
 * </pre>
 *
 * with differences cut at 0, N(v.) successors of v, N(.w) predecessors of w, N(..) distinct pairs
 * and W distinct second tokens.
 */
final class KneserNeyBigram {

  /** Where counts of 1 or 2 do not occur at all, as in tiny or artificial texts. */
  private static final double USUAL_DISCOUNT = 0.75;

  private final BigramCounts counts;
  private final long[] followed;
  private final long[] successors;
  private final double[] lower;
  private final double discount;

  KneserNeyBigram(BigramCounts counts, int vocabSize) {
    this.counts = counts;
    this.followed = new long[vocabSize];
    this.successors = new long[vocabSize];
    long[] predecessors = new long[vocabSize];
    long[] onceAndTwice = new long[2];
    long[] distinct = new long[1];
    counts.each((first, second, count) -> {
      followed[first] += count;
      successors[first]++;
      predecessors[second]++;
      distinct[0]++;
      tally(onceAndTwice, count);
    });
    this.discount = discount(onceAndTwice);
    this.lower = lower(predecessors, distinct[0]);
  }

  private static void tally(long[] onceAndTwice, long count) {
    if (count == 1 || count == 2) {
      onceAndTwice[(int) count - 1]++;
    }
  }

  private static double discount(long[] onceAndTwice) {
    return onceAndTwice[0] == 0 || onceAndTwice[1] == 0
        ? USUAL_DISCOUNT
        : (double) onceAndTwice[0] / (onceAndTwice[0] + 2 * onceAndTwice[1]);
  }

  private static double[] lower(long[] predecessors, long distinct) {
    double[] lower = new double[predecessors.length];
    long[] onceAndTwice = new long[2];
    long seen = 0;
    for (long n : predecessors) {
      tally(onceAndTwice, n);
      seen += n > 0 ? 1 : 0;
    }
    double discount = discount(onceAndTwice);
    double uniform = 1.0 / predecessors.length;
    for (int w = 0; w < lower.length; w++) {
      lower[w] =
          distinct == 0
              ? uniform
              : (Math.max(predecessors[w] - discount, 0) + discount * seen * uniform) / distinct;
    }
    return lower;
  }

  double probability(int first, int second) {
    if (followed[first] == 0) {
      return lower[second];
    }
    double higher = Math.max(counts.count(first, second) - discount, 0);
    return (higher + discount * successors[first] * lower[second]) / followed[first];
  }
}
