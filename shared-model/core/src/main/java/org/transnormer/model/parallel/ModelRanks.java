package org.transnormer.model.parallel;

/**
 * Ranks that go through one and the same sequences together.
 *
 * @param tensor those that each have a part of every layer
 * @param sequence those that each have some of every sequence's positions, in their order; a rank
 *     takes the recurrent state of the one before and hands its own on (LASP, arXiv 2404.02882)
 */
public record ModelRanks(Collectives tensor, Collectives sequence) {

  /** One rank that has everything. */
  public static ModelRanks alone() {
    return new ModelRanks(Collectives.alone(), Collectives.alone());
  }
}
