package org.transnormer.trainer.runs;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.worker.protocol.WorkerEnvironment;

/**
 * How the ranks of a run divide its work; what is left of them splits the batch.
 *
 * @param sequenceRanks that split every sequence
 * @param tensorRanks that split every layer
 * @param sharding what of the model those that split the batch hold together
 */
public record Division(int sequenceRanks, int tensorRanks, Sharding sharding) {

  /** All ranks split the batch. */
  public static final Division BATCH = new Division(1, 1, Sharding.OPTIMIZER);

  /** Whether so many ranks can be divided like this. */
  boolean fits(int ranks) {
    return ranks % ((long) sequenceRanks * tensorRanks) == 0;
  }

  /** Groups of ranks that have different sequences. */
  int batches(int ranks) {
    return ranks / (sequenceRanks * tensorRanks);
  }

  /** As a worker reads it. */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put(WorkerEnvironment.SEQUENCE_RANKS, Integer.toString(sequenceRanks));
    environment.put(WorkerEnvironment.TENSOR_RANKS, Integer.toString(tensorRanks));
    environment.put(WorkerEnvironment.SHARDING, sharding.name().toLowerCase(Locale.ROOT));
    return environment;
  }
}
