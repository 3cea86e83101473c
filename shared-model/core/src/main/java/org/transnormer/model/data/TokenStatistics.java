package org.transnormer.model.data;

/**
 * What simple models reach on a token set; a language model has to do better. All losses are nats
 * per token.
 *
 * @param unigramEntropyNats entropy of the training tokens' own distribution
 * @param unigramHeldoutNats loss of the training tokens' distribution, one added to each count, on
 *     held-out tokens
 * @param kneserNeyBigramHeldoutNats loss of an interpolated Kneser-Ney bigram model of the training
 *     tokens on held-out tokens, each predicted from the one before; NaN if there are less than two
 * @param trainTokens that were counted
 * @param heldoutTokens that were predicted
 */
public record TokenStatistics(
    double unigramEntropyNats,
    double unigramHeldoutNats,
    double kneserNeyBigramHeldoutNats,
    long trainTokens,
    long heldoutTokens) {

  private static final int STRETCH = 1 << 16;

  /**
   * Measures a token set.
   *
   * @param mostTrainTokens counted from the beginning; bounds the memory for pairs of tokens
   * @param mostHeldoutTokens predicted from the beginning
   */
  public static TokenStatistics measure(
      TokenSet set, long mostTrainTokens, long mostHeldoutTokens) {
    int vocabSize = set.header().vocabSize();
    long trainTokens = Math.min(set.train().size(), mostTrainTokens);
    long[] unigrams = new long[vocabSize];
    BigramCounts bigrams = new BigramCounts();
    int[] previous = {-1};
    each(
        set.train(),
        trainTokens,
        token -> {
          unigrams[token]++;
          if (previous[0] >= 0) {
            bigrams.add(previous[0], token);
          }
          previous[0] = token;
        });
    KneserNeyBigram model = new KneserNeyBigram(bigrams, vocabSize);
    long heldoutTokens = Math.min(set.heldout().size(), mostHeldoutTokens);
    Losses losses = new Losses();
    each(
        set.heldout(),
        heldoutTokens,
        token -> {
          if (losses.previous >= 0) {
            losses.bigram -= Math.log(model.probability(losses.previous, token));
            losses.unigram -=
                Math.log((unigrams[token] + 1.0) / (trainTokens + (double) vocabSize));
          }
          losses.previous = token;
        });
    long predicted = heldoutTokens - 1;
    return new TokenStatistics(
        entropy(unigrams, trainTokens),
        predicted < 1 ? Double.NaN : losses.unigram / predicted,
        predicted < 1 ? Double.NaN : losses.bigram / predicted,
        trainTokens,
        Math.max(0, predicted));
  }

  private static final class Losses {
    private int previous = -1;
    private double unigram;
    private double bigram;
  }

  private interface TokenVisitor {
    void visit(int token);
  }

  private static void each(Tokens tokens, long limit, TokenVisitor visitor) {
    int[] stretch = new int[STRETCH];
    for (long at = 0; at < limit; at += STRETCH) {
      int length = (int) Math.min(STRETCH, limit - at);
      tokens.read(at, stretch, 0, length);
      for (int i = 0; i < length; i++) {
        visitor.visit(stretch[i]);
      }
    }
  }

  private static double entropy(long[] counts, long total) {
    double entropy = 0;
    for (long count : counts) {
      if (count > 0) {
        double share = (double) count / total;
        entropy -= share * Math.log(share);
      }
    }
    return entropy;
  }
}
