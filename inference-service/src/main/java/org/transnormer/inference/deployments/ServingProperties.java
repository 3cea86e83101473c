package org.transnormer.inference.deployments;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.transnormer.model.device.Devices;
import org.transnormer.model.lm.WeightStorage;

/**
 * How models are served.
 *
 * @param device what computes: {@code auto} takes a GPU where there is one, {@code cpu} and {@code
 *     cuda} insist
 * @param threads of each loaded model where the processor computes; 0 takes the machine's
 * @param pinThreads whether each of them is bound to a processor of its own: faster where this
 *     process has them to itself and serves one model, slower where it has not
 * @param weights what weights are kept as: {@code stored} takes the checkpoint's type, or on a GPU
 *     bf16; on a processor {@code bf16} and {@code int8} decode faster and are less exact
 * @param queuedSequences sequences that may wait for a slot
 * @param queuedPromptTokens prompt tokens that may wait: target time to the first token times the
 *     prefill rate
 * @param drain how long an unloaded model may go on with what it has begun
 * @param reconcileEvery how often aliases are looked up without being asked
 */
@ConfigurationProperties("tnl.serving")
public record ServingProperties(
    @DefaultValue(Devices.AUTO) String device,
    @DefaultValue("0") int threads,
    @DefaultValue("false") boolean pinThreads,
    @DefaultValue("stored") WeightStorage weights,
    @DefaultValue("64") int queuedSequences,
    @DefaultValue("65536") int queuedPromptTokens,
    @DefaultValue("30s") Duration drain,
    @DefaultValue("3s") Duration reconcileEvery) {

  public ServingProperties {
    threads = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
    if (threads < 1 || queuedSequences < 0 || queuedPromptTokens < 0) {
      throw new IllegalArgumentException(
          "tnl.serving.threads must be at least 1, the queue's limits at least 0");
    }
  }
}
