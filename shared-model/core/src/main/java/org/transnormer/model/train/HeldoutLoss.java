package org.transnormer.model.train;

import org.transnormer.model.data.Tokens;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.TrainingShape;

/**
 * Mean nats per token that counts, over windows of T tokens from the beginning of the held-out
 * part.
 */
final class HeldoutLoss {

  private final LanguageModel model;
  private final Tokens tokens;
  private final TrainingShape shape;
  private final ObjectiveSpec objective;
  private double nats;
  private long counted;

  HeldoutLoss(LanguageModel model, Tokens tokens, TrainingSpec spec, TrainingShape shape) {
    this.model = model;
    this.tokens = tokens;
    this.shape = shape;
    this.objective = spec.objective();
  }

  /**
   * @param maxTokens that are predicted; 0 means all
   */
  double mean(long maxTokens) {
    long predictable = tokens.size() - 1;
    long predicted = maxTokens == 0 ? predictable : Math.min(maxTokens, predictable);
    int length = shape.length();
    long windows = predicted / length;
    for (long w = 0; w < windows; w += shape.sequences()) {
      int sequences = (int) Math.min(shape.sequences(), windows - w);
      add(w * length, sequences, length);
    }
    int rest = (int) (predicted - windows * length);
    if (rest > 0) {
      add(windows * length, 1, rest);
    }
    return nats / counted;
  }

  private void add(long from, int sequences, int length) {
    BatchLoss loss = model.forward(objective.of(tokens.rows(from, sequences, length)));
    nats += loss.nats();
    counted += loss.targets();
  }
}
