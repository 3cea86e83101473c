package org.transnormer.cleaning.recipe;

/** One self-cleaning round: train a small model, score what is kept, cut, show people a sample. */
public record RoundSpec(EvaluationSpec evaluation, CutSpec cut, ReviewSpec review) {

  /**
   * The evaluation model and how it scores.
   *
   * @param window tokens of a document that are scored, from its start; 0 scores all of it
   * @param trainTokens training text is sampled down to about so many tokens; 0 takes all of it
   */
  public record EvaluationSpec(
      int vocabulary,
      int width,
      int layers,
      int heads,
      int gluWidth,
      int steps,
      int sequences,
      int sequenceLength,
      double learningRate,
      long seed,
      int window,
      long trainTokens) {}

  /**
   * Percentages of the scored documents of each stratum.
   *
   * @param lowestPercent cut from the low tail: text too easy to predict is boilerplate
   * @param highestPercent cut from the high tail: text that the model cannot follow
   * @param minimum strata with fewer scored documents are joined to the stratum of all the small
   *     ones
   */
  public record CutSpec(double lowestPercent, double highestPercent, Strata strata, int minimum) {}

  /** Percentiles are taken within a stratum. */
  public enum Strata {
    CORPUS,
    LANGUAGE,
    SOURCE
  }

  /**
   * Documents near the cut that people look at.
   *
   * @param documents how many; 0 for none
   * @param bandPercent how far from the cut, in percent of the stratum's ranks
   * @param autoAccept the machine's verdict stands without a person
   */
  public record ReviewSpec(int documents, double bandPercent, boolean autoAccept) {}
}
