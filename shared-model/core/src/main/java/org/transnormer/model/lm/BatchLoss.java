package org.transnormer.model.lm;

import org.transnormer.model.backend.Loss;

/**
 * Cross-entropy over a batch.
 *
 * @param nats summed over the targets that count
 * @param targets that count
 */
public record BatchLoss(double nats, long targets) {

  /** Nats per target; NaN when nothing counts. */
  public double mean() {
    return nats / targets;
  }

  /** Sums rows' nats in their order. */
  public static BatchLoss of(double[] rows, int[] targets) {
    double nats = 0;
    long counting = 0;
    for (int i = 0; i < rows.length; i++) {
      nats += rows[i];
      counting += targets[i] == Loss.IGNORE ? 0 : 1;
    }
    return new BatchLoss(nats, counting);
  }

  /** Targets that count. */
  public static long counting(int[] targets) {
    long counting = 0;
    for (int target : targets) {
      counting += target == Loss.IGNORE ? 0 : 1;
    }
    return counting;
  }
}
