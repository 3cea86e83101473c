package org.transnormer.model.parallel;

/**
 * How the ranks of a run share its work; what comes out does not depend on it beyond the rounding
 * of sums.
 *
 * @param batch the ranks that have other sequences or positions than this one, and the same part of
 *     the model: those that add up their gradients
 * @param sharding what they hold together
 * @param model the ranks that work on the same sequences as this one
 */
public record Ranks(Collectives batch, Sharding sharding, ModelRanks model) {

  /** Ranks that each have some of a step's sequences. */
  public Ranks(Collectives batch, Sharding sharding) {
    this(batch, sharding, ModelRanks.alone());
  }

  /** One rank that does everything. */
  public static Ranks alone() {
    return new Ranks(Collectives.alone(), Sharding.NONE);
  }

  /**
   * Divides all ranks of a run: {@code tensor} neighbours split every layer, {@code sequence} such
   * groups split every sequence, and what is left splits the batch.
   */
  public static Ranks of(Collectives all, int sequence, int tensor, Sharding sharding) {
    if (sequence < 1 || tensor < 1 || all.size() % (sequence * tensor) != 0) {
      throw new IllegalArgumentException(
          "%d ranks cannot be divided by %d for sequences and %d for layers"
              .formatted(all.size(), sequence, tensor));
    }
    Collectives layers = all.split(all.rank() / tensor);
    Collectives batch = all.split(all.rank() % tensor);
    Collectives positions = batch.split(batch.rank() / sequence);
    return new Ranks(batch, sharding, new ModelRanks(layers, positions));
  }

  /** Groups of ranks that each have some of a step's sequences. */
  public int batches() {
    return batch.size() / model.sequence().size();
  }

  /** Which of them this rank is in. */
  public int batchIndex() {
    return batch.rank() / model.sequence().size();
  }

  /** Whether this rank helps to bring together what files need. */
  public boolean gathers() {
    return batch.rank() == 0;
  }

  /** Whether this rank is the one that writes files. */
  public boolean writes() {
    return gathers() && model.tensor().rank() == 0;
  }
}
