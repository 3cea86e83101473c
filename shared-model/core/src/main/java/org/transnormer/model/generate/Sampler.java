package org.transnormer.model.generate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.lm.Logits;

/**
 * Chooses next tokens. Stateless: the same logits, sampling and counter give the same token, on any
 * thread and in any order.
 */
public final class Sampler {

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
   * @throws ArithmeticException when the logits are no numbers
   */
  public int next(Logits logits, int row, long counter) {
    return next(logits, row, sampling.rule(counter));
  }

  /**
   * The token of one row by a rule.
   *
   * @throws ArithmeticException when the logits are no numbers
   */
  public static int next(Logits logits, int row, Rule rule) {
    int likeliest = likeliest(logits, row);
    if (rule.temperature() == 0) {
      return likeliest;
    }
    int[] candidates = candidates(logits, row, rule);
    double largest = logits.get(row, likeliest);
    double[] weights = new double[candidates.length];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      double below = logits.get(row, candidates[i]) - largest;
      weights[i] = StrictMath.exp(below / rule.temperature());
      sum += weights[i];
    }
    int kept = nucleus(weights, rule.topP(), sum);
    return candidates[draw(weights, kept, rule.uniform())];
  }

  /** Natural log-probability of a token under the untempered, unfiltered distribution. */
  public static double logProbability(Logits logits, int row, int token) {
    return logits.get(row, token) - logSumExp(logits, row);
  }

  /** The n most likely tokens under the untempered distribution, most likely first. */
  public static List<TokenLogProbability> topLogProbabilities(Logits logits, int row, int n) {
    double normaliser = logSumExp(logits, row);
    return Arrays.stream(byLikelihood(logits, row))
        .limit(n)
        .mapToObj(t -> new TokenLogProbability(t, logits.get(row, t) - normaliser))
        .toList();
  }

  /** All tokens, or the top k, or all in order of likelihood where the nucleus needs it. */
  private static int[] candidates(Logits logits, int row, Rule rule) {
    if (rule.topK() == 0 && rule.topP() >= 1) {
      return IntStream.range(0, logits.vocab()).toArray();
    }
    int[] sorted = byLikelihood(logits, row);
    return rule.topK() == 0 || rule.topK() >= sorted.length
        ? sorted
        : Arrays.copyOf(sorted, rule.topK());
  }

  /** Tokens, most likely first; among equals the smaller token, so that the order is total. */
  private static int[] byLikelihood(Logits logits, int row) {
    long[] keys = new long[logits.vocab()];
    for (int token = 0; token < keys.length; token++) {
      keys[token] = (long) ~sortable(logits.get(row, token)) << Integer.SIZE | token;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }

  /** An int whose order is the order of the floats. */
  private static int sortable(float x) {
    int bits = Float.floatToIntBits(x + 0f);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }

  /** How many leading candidates reach top-p together; at least one. */
  private static int nucleus(double[] weights, double topP, double sum) {
    if (topP >= 1) {
      return weights.length;
    }
    double reached = 0;
    for (int i = 0; i < weights.length; i++) {
      reached += weights[i];
      if (reached >= topP * sum) {
        return i + 1;
      }
    }
    return weights.length;
  }

  private static int draw(double[] weights, int kept, double uniform) {
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      sum += weights[i];
    }
    double left = uniform * sum;
    int last = 0;
    for (int i = 0; i < kept; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
      last = weights[i] > 0 ? i : last;
    }
    return last;
  }

  private static int likeliest(Logits logits, int row) {
    int token = logits.argMax(row);
    if (!Float.isFinite(logits.get(row, token))) {
      throw new ArithmeticException("the largest logit is " + logits.get(row, token));
    }
    return token;
  }

  private static double logSumExp(Logits logits, int row) {
    double largest = logits.get(row, likeliest(logits, row));
    double sum = 0;
    for (int token = 0; token < logits.vocab(); token++) {
      sum += StrictMath.exp(logits.get(row, token) - largest);
    }
    return largest + StrictMath.log(sum);
  }
}
