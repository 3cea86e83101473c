package org.transnormer.model.train;

import org.transnormer.model.data.Tokens;
import org.transnormer.model.lm.BatchLoss;
import org.transnormer.model.lm.LanguageModel;

/** Mean nats per token over windows of T tokens from the beginning of the held-out part. */
final class HeldoutLoss {

  private final LanguageModel model;
  private final Tokens tokens;
  private final BatchSpec batch;
  private double nats;
  private long counted;

  HeldoutLoss(LanguageModel model, Tokens tokens, BatchSpec batch) {
    this.model = model;
    this.tokens = tokens;
    this.batch = batch;
  }

  /**
   * @param maxTokens that are predicted; 0 means all
   */
  double mean(long maxTokens) {
    long predictable = tokens.size() - 1;
    long predicted = maxTokens == 0 ? predictable : Math.min(maxTokens, predictable);
    int length = batch.sequenceLength();
    long windows = predicted / length;
    for (long w = 0; w < windows; w += batch.sequences()) {
      int sequences = (int) Math.min(batch.sequences(), windows - w);
      add(w * length, sequences, length);
    }
    int rest = (int) (predicted - windows * length);
    if (rest > 0) {
      add(windows * length, 1, rest);
    }
    return nats / counted;
  }

  private void add(long from, int sequences, int length) {
    int count = sequences * length;
    int[] inputs = new int[count];
    int[] targets = new int[count];
    tokens.read(from, inputs, 0, count);
    tokens.read(from + 1, targets, 0, count);
    BatchLoss loss = model.forward(inputs, targets, sequences, length);
    nats += loss.nats();
    counted += loss.targets();
  }
}
