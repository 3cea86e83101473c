package org.transnormer.model.train;

import org.transnormer.model.data.Tokens;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.parallel.Collectives;

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
   * @param sequence the ranks that each read some positions of every window; the last window is
   *     shortened to a multiple of their number
   */
  double mean(long maxTokens, Collectives sequence) {
    long predictable = tokens.size() - 1;
    long predicted = maxTokens == 0 ? predictable : Math.min(maxTokens, predictable);
    int length = shape.length() * sequence.size();
    long windows = predicted / length;
    for (long w = 0; w < windows; w += shape.sequences()) {
      int sequences = (int) Math.min(shape.sequences(), windows - w);
      add(w * length, sequences, length, sequence);
    }
    int rest = (int) (predicted - windows * length) / sequence.size() * sequence.size();
    if (rest > 0) {
      add(windows * length, 1, rest, sequence);
    }
    double[] sums = {nats, counted};
    sequence.allReduce(sums);
    return sums[0] / sums[1];
  }

  private void add(long from, int sequences, int length, Collectives sequence) {
    TokenBatch batch = objective.of(tokens.rows(from, sequences, length));
    int share = length / sequence.size();
    int first = sequence.rank() * share;
    BatchLoss loss = model.forward(batch.positions(first, first + share));
    nats += loss.nats();
    counted += loss.targets();
  }
}
