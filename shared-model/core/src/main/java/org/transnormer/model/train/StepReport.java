package org.transnormer.model.train;

/**
 * What one training step did.
 *
 * @param step its number; the first is 1
 * @param loss mean nats per token before the update
 * @param gradNorm global norm before clipping
 * @param tokens that had a target
 * @param seconds of wall time
 */
public record StepReport(
    long step, double loss, double gradNorm, double learningRate, long tokens, double seconds) {

  public double tokensPerSecond() {
    return tokens / seconds;
  }
}
