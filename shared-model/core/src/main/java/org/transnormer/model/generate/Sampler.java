package org.transnormer.model.generate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.transnormer.model.lm.Logits;

/**
 * Chooses next tokens. Stateless: the same logits, sampling and counter give the same token, on any
 * thread and in any order.
 */
public final class Sampler {

  /** Most likely first; among equals the smaller token, so that the order is total. */
  private static final Comparator<Candidate> LIKELIEST_FIRST =
      Comparator.comparingDouble((Candidate c) -> -c.logit).thenComparingInt(c -> c.token);

  private final Sampling sampling;

  public Sampler(Sampling sampling) {
    this.sampling = sampling;
  }

  public Sampling sampling() {
    return sampling;
  }

  /**
   * The next token of one row.
   *
   * @param counter names the random number; use the position of the token in its sequence
   */
  public int next(Logits logits, int row, long counter) {
    if (sampling.temperature() == 0) {
      return logits.argMax(row);
    }
    List<Candidate> candidates = candidates(logits, row);
    double largest = candidates.getFirst().logit;
    double[] weights = new double[candidates.size()];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = StrictMath.exp((candidates.get(i).logit - largest) / sampling.temperature());
      sum += weights[i];
    }
    int kept = nucleus(weights, sum);
    double keptSum = 0;
    for (int i = 0; i < kept; i++) {
      keptSum += weights[i];
    }
    double left = CounterRandom.uniform(sampling.seed(), counter) * keptSum;
    for (int i = 0; i < kept; i++) {
      left -= weights[i];
      if (left < 0) {
        return candidates.get(i).token;
      }
    }
    return candidates.get(kept - 1).token;
  }

  /** Natural log-probability of a token under the untempered, unfiltered distribution. */
  public static double logProbability(Logits logits, int row, int token) {
    return logits.get(row, token) - logSumExp(logits, row);
  }

  /** The n most likely tokens under the untempered distribution, most likely first. */
  public static List<TokenLogProbability> topLogProbabilities(Logits logits, int row, int n) {
    double normaliser = logSumExp(logits, row);
    return largest(logits, row, n).stream()
        .map(c -> new TokenLogProbability(c.token, c.logit - normaliser))
        .toList();
  }

  /** Candidates in order of likelihood, cut to top-k. */
  private List<Candidate> candidates(Logits logits, int row) {
    if (sampling.topK() > 0) {
      return largest(logits, row, sampling.topK());
    }
    List<Candidate> all = new ArrayList<>(logits.vocab());
    for (int token = 0; token < logits.vocab(); token++) {
      all.add(new Candidate(token, logits.get(row, token)));
    }
    all.sort(LIKELIEST_FIRST);
    return all;
  }

  private static List<Candidate> largest(Logits logits, int row, int n) {
    PriorityQueue<Candidate> kept = new PriorityQueue<>(LIKELIEST_FIRST.reversed());
    for (int token = 0; token < logits.vocab(); token++) {
      kept.add(new Candidate(token, logits.get(row, token)));
      if (kept.size() > n) {
        kept.remove();
      }
    }
    List<Candidate> sorted = new ArrayList<>(kept);
    sorted.sort(LIKELIEST_FIRST);
    return sorted;
  }

  /** How many leading candidates reach top-p together; at least one. */
  private int nucleus(double[] weights, double sum) {
    if (sampling.topP() >= 1) {
      return weights.length;
    }
    double reached = 0;
    for (int i = 0; i < weights.length; i++) {
      reached += weights[i];
      if (reached >= sampling.topP() * sum) {
        return i + 1;
      }
    }
    return weights.length;
  }

  private static double logSumExp(Logits logits, int row) {
    double largest = logits.get(row, logits.argMax(row));
    double sum = 0;
    for (int token = 0; token < logits.vocab(); token++) {
      sum += StrictMath.exp(logits.get(row, token) - largest);
    }
    return largest + StrictMath.log(sum);
  }

  private record Candidate(int token, float logit) {}
}
