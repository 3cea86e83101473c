package org.transnormer.model.backend.cpu;

/**
 * The normal distribution in double, for GELU: the error function's series where it converges fast,
 * its continued fraction beyond (Abramowitz and Stegun, 7.1.6 and 7.1.14).
 */
final class Normal {

  private static final double ROOT_HALF = 0.70710678118654752;
  private static final double ROOT_PI = 1.7724538509055160;
  private static final double DENSITY_AT_ZERO = 0.39894228040143268;

  /** Beyond it the continued fraction needs fewer terms than the series. */
  private static final double FAR = 2.5;

  private static final int FRACTION_TERMS = 60;

  private Normal() {}

  static double density(double x) {
    return DENSITY_AT_ZERO * StrictMath.exp(-x * x / 2);
  }

  /** Phi(x), the probability of a value below x. */
  static double below(double x) {
    double z = x * ROOT_HALF;
    if (Math.abs(z) < FAR) {
      return 0.5 + 0.5 * series(z);
    }
    double tail = 0.5 * tail(Math.abs(z));
    return z > 0 ? 1 - tail : tail;
  }

  /** erf(z) = 2 / sqrt(pi) e^(-z^2) sum of 2^n z^(2n+1) / (1 3 ... (2n+1)) */
  private static double series(double z) {
    double term = z;
    double sum = z;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= 2 * z * z / (2 * n + 1);
      sum += term;
    }
    return 2 / ROOT_PI * StrictMath.exp(-z * z) * sum;
  }

  /** erfc(z) for large z */
  private static double tail(double z) {
    double fraction = z;
    for (int n = FRACTION_TERMS; n >= 1; n--) {
      fraction = z + n / 2.0 / fraction;
    }
    return StrictMath.exp(-z * z) / (ROOT_PI * fraction);
  }
}
