package org.transnormer.model.layer;

/**
 * Decay rates of heads and layers: lambda = exp(-m_h c_l), everything in double, since in float the
 * last layer's lambda rounds to 1 (released code; the papers print another formula, which the
 * weights were not trained with).
 */
public final class Decays {

  /** Added to every layer's factor, so that the last layer decays a little. */
  private static final double FLOOR = 1e-5;

  private Decays() {}

  /** m_h c_l for every head of layer {@code l} of {@code layers}. */
  public static double[] rates(int heads, int l, int layers) {
    double[] rates = slopes(heads);
    double factor = layerFactor(l, layers);
    for (int h = 0; h < heads; h++) {
      rates[h] *= factor;
    }
    return rates;
  }

  /** c_l = 1 - l / (L - 1) + 1e-5; a single layer counts as the first. */
  public static double layerFactor(int l, int layers) {
    return layers == 1 ? 1 + FLOOR : 1 - (double) l / (layers - 1) + FLOOR;
  }

  /**
   * The slopes of ALiBi: 2^(-8 (h + 1) / H) for a power of two; otherwise those of the largest
   * power of two below, followed by every other one of twice as many heads.
   */
  public static double[] slopes(int heads) {
    int power = Integer.highestOneBit(heads);
    double[] slopes = new double[heads];
    for (int h = 0; h < heads; h++) {
      slopes[h] = h < power ? slope(h, power) : slope(2 * (h - power), 2 * power);
    }
    return slopes;
  }

  private static double slope(int h, int heads) {
    return StrictMath.pow(2, -8.0 * (h + 1) / heads);
  }
}
