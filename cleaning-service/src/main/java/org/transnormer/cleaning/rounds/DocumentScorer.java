package org.transnormer.cleaning.rounds;

import java.util.Arrays;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.tokenizer.Tokenizer;

/**
 * How hard a text is to predict for an evaluation model: mean negative log-likelihood, in nats per
 * token. A document is scored alone, so its score depends on the text and the model and on nothing
 * else: not on a batch, a partition, a thread.
 *
 * <p>The end-of-document token is put before the text, because that is what stood before every
 * document in training; so the first token counts too, and a text of one token has a score.
 */
final class DocumentScorer {

  private final CausalLm model;
  private final Tokenizer tokenizer;
  private final int window;

  /**
   * @param window tokens scored, from the start; 0 scores all
   */
  DocumentScorer(CausalLm model, Tokenizer tokenizer, int window) {
    this.model = model;
    this.tokenizer = tokenizer;
    this.window = window;
  }

  /**
   * @param tokens how many were scored; 0 if the text has none
   * @param nats mean per token; NaN if there is none
   */
  record Score(int tokens, double nats) {
    static final Score NONE = new Score(0, Double.NaN);
  }

  Score score(String text) {
    int[] ids = tokenizer.encode(head(text));
    int length = window == 0 ? ids.length : Math.min(window, ids.length);
    if (length == 0) {
      return Score.NONE;
    }
    int[] tokens = new int[length + 1];
    tokens[0] = tokenizer.eos();
    System.arraycopy(ids, 0, tokens, 1, length);
    double[] nats = model.negativeLogLikelihood(tokens);
    return new Score(length, Arrays.stream(nats).sum() / length);
  }

  /**
   * Enough of the text for the window: a token of a byte-level vocabulary seldom has more than 16
   * characters, and a long document need not be encoded to its end. The cut is at a fixed place of
   * the text, so the score stays a function of the text.
   */
  private String head(String text) {
    long characters = 64L * window;
    if (window == 0 || text.length() <= characters) {
      return text;
    }
    int end = (int) characters;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
  }
}
