package org.transnormer.cleaning.decide;

import java.util.List;

/**
 * Where one stratum was cut in one self-cleaning round. Scores are mean nats per token.
 *
 * @param round counted from 1
 * @param stratum a language or a source; empty if the corpus is one stratum
 * @param scored documents the percentiles are of
 * @param unscored documents that should have been scored and could not; they stay
 * @param lowest documents below go
 * @param highest documents at or above go; infinite if none does
 * @param histogram scored documents per {@link #HISTOGRAM_NATS} from 0 on, the last bin open
 */
public record Cut(
    int round,
    String stratum,
    long scored,
    long unscored,
    double lowest,
    double highest,
    List<Long> histogram) {

  public static final double HISTOGRAM_NATS = 0.125;
  static final int HISTOGRAM_BINS = 80;

  /** Small strata are cut together under this name. */
  public static final String POOLED = "(small strata)";

  public boolean tooLow(double nats) {
    return nats < lowest;
  }

  public boolean tooHigh(double nats) {
    return nats >= highest;
  }
}
