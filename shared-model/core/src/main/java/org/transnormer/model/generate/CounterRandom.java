package org.transnormer.model.generate;

/**
 * Random numbers named by (seed, counter): no hidden state, so any of them can be drawn again.
 *
 * <p>Two rounds of the SplitMix64 finaliser (Steele, Lea, Flood 2014), the second over the first's
 * result of the seed plus the counter times the golden-ratio increment.
 */
public final class CounterRandom {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  /** Half of a float's ulp, in ulps of a double. */
  private static final long HALF_A_FLOAT = 1L << 28;

  private static final long DOUBT = 64;

  private CounterRandom() {}

  public static long bits(long seed, long counter) {
    return mix(mix(seed + GOLDEN) + counter * GOLDEN);
  }

  /** Uniform in [0, 1). */
  public static double uniform(long seed, long counter) {
    return (bits(seed, counter) >>> 11) * UNIT;
  }

  /** Standard normal (Box-Muller over the two halves of consecutive counters). */
  public static double normal(long seed, long counter) {
    double u = 1 - uniform(seed, 2 * counter);
    double v = uniform(seed, 2 * counter + 1);
    return StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * StrictMath.PI * v);
  }

  /**
   * {@code (float) (scale * normal(seed, counter))}, with the processor's own logarithm and cosine
   * where they suffice: both are within an ulp of the exact number, as the strict ones are, so the
   * products differ by a few, which matters only next to a number that floats round either way.
   */
  public static float scaledNormal(double scale, long seed, long counter) {
    double u = 1 - uniform(seed, 2 * counter);
    double v = uniform(seed, 2 * counter + 1);
    double x = scale * (Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v));
    long beyond = Double.doubleToRawLongBits(x) & (2 * HALF_A_FLOAT - 1);
    boolean sure = Math.abs(beyond - HALF_A_FLOAT) > DOUBT && Math.abs(x) > Float.MIN_NORMAL;
    return (float) (sure ? x : scale * normal(seed, counter));
  }

  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
