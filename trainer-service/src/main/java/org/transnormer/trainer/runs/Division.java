package org.transnormer.trainer.runs;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.parallel.Slices;
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

  /** Why so many ranks cannot be divided like this. */
  Optional<String> fault(int ranks) {
    if (ranks % ((long) sequenceRanks * tensorRanks) != 0) {
      return Optional.of(
          "%d ranks cannot be divided by %d for sequences and %d for layers"
              .formatted(ranks, sequenceRanks, tensorRanks));
    }
    int sharing = ranks / tensorRanks;
    if (sharding != Sharding.NONE && sharing > Slices.PARTS) {
      return Optional.of(
          "%d ranks would share what sharding \"%s\" divides, at most %d can: split layers among more,"
                  .formatted(sharing, RunSpec.word(sharding), Slices.PARTS)
              + " or give \"none\"");
    }
    return Optional.empty();
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
