package org.transnormer.model.lm;

/**
 * What is minimised over a batch: {@code scale} times the sum of the counting targets' -log p +
 * {@code zLoss} (log Z)^2, with Z the sum of a row's exponentials.
 *
 * @param scale 1 / number of targets that count, of the whole step where several batches make one
 * @param zLoss weight of the term that keeps logits from drifting (PaLM, arXiv 2204.02311, section
 *     5); 0 for none
 */
public record Objective(double scale, double zLoss) {

  /** The mean of -log p over the targets that count. */
  public static Objective meanOver(long counting) {
    return new Objective(1.0 / Math.max(1, counting), 0);
  }
}
