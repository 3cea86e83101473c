package org.transnormer.model.backend.cpu;

/**
 * Sine and cosine rounded to float, of phases that may be large: reduced in double to the nearest
 * multiple of pi/2 (Cody and Waite, pi/2 in two parts), then Taylor polynomials on [-pi/4, pi/4].
 * Written out because a phase table is rebuilt every step of training and the library's functions
 * cost several times as much; every operation is exactly specified, so all machines agree.
 */
final class Phases {

  private static final double TWO_OVER_PI = 2 / Math.PI;
  private static final double HALF_PI_HIGH = 1.5707963267948966;
  private static final double HALF_PI_LOW = 6.123233995736766e-17;

  private Phases() {}

  static float cos(double phase) {
    return quarter(phase, 1);
  }

  static float sin(double phase) {
    return quarter(phase, 0);
  }

  private static float quarter(double phase, int shift) {
    double n = Math.rint(phase * TWO_OVER_PI);
    double r = Math.fma(-n, HALF_PI_LOW, Math.fma(-n, HALF_PI_HIGH, phase));
    int quadrant = (int) ((long) n + shift) & 3;
    double value = (quadrant & 1) == 0 ? sine(r) : cosine(r);
    return (float) ((quadrant & 2) == 0 ? value : -value);
  }

  private static double sine(double r) {
    double s = r * r;
    double p = -1.0 / 39916800;
    p = Math.fma(p, s, 1.0 / 362880);
    p = Math.fma(p, s, -1.0 / 5040);
    p = Math.fma(p, s, 1.0 / 120);
    p = Math.fma(p, s, -1.0 / 6);
    return Math.fma(p * s, r, r);
  }

  private static double cosine(double r) {
    double s = r * r;
    double p = 1.0 / 479001600;
    p = Math.fma(p, s, -1.0 / 3628800);
    p = Math.fma(p, s, 1.0 / 40320);
    p = Math.fma(p, s, -1.0 / 720);
    p = Math.fma(p, s, 1.0 / 24);
    p = Math.fma(p, s, -0.5);
    return Math.fma(p, s, 1);
  }
}
