package org.transnormer.model.parallel;

/**
 * How the ranks of a run share its work; what comes out does not depend on it beyond the rounding
 * of sums.
 *
 * @param batch the ranks that each have some of a step's sequences
 * @param sharding what they hold together
 */
public record Ranks(Collectives batch, Sharding sharding) {

  /** One rank that does everything. */
  public static Ranks alone() {
    return new Ranks(Collectives.alone(), Sharding.NONE);
  }

  /** Whether this rank is the one that writes files. */
  public boolean writes() {
    return batch.rank() == 0;
  }
}
