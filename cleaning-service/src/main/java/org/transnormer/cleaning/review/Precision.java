package org.transnormer.cleaning.review;

/**
 * The share of successes among judged items with its Wilson score interval, which stays inside [0,
 * 1] and is honest for small samples (Wilson 1927; Brown, Cai and DasGupta 2001).
 *
 * @param share NaN-free: null-like 0 when nothing was judged; look at {@code judged} first
 */
public record Precision(long agreed, long judged, double share, double low, double high) {

  /** Standard normal quantile of a two-sided 95 % interval. */
  private static final double Z = 1.959963984540054;

  public Precision {
    if (agreed < 0 || judged < agreed) {
      throw new IllegalArgumentException(
          "agreed must be in [0, judged], was " + agreed + " of " + judged);
    }
  }

  public static Precision wilson(long agreed, long judged) {
    if (judged == 0) {
      return new Precision(0, 0, 0, 0, 1);
    }
    double n = judged;
    double share = agreed / n;
    double z2 = Z * Z;
    double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z / (1 + z2 / n) * Math.sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    // At the ends the formula is exact in the reals; keep rounding from leaving [0, 1].
    double low = agreed == 0 ? 0 : Math.max(0, centre - half);
    double high = agreed == judged ? 1 : Math.min(1, centre + half);
    return new Precision(agreed, judged, share, low, high);
  }
}
