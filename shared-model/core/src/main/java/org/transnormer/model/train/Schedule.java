package org.transnormer.model.train;

import java.util.Locale;

/** How the learning rate goes on after warm-up. */
public enum Schedule {
  /** Stays at the peak (the scaling-law runs, arXiv 2406.16690, section 3.2). */
  CONSTANT,
  /** Half a cosine from the peak to the floor. */
  COSINE,
  /** A straight line from the peak to the floor. */
  LINEAR,
  /**
   * (1 - progress)^power from the peak to the floor; TransNormer's masked model has it with power 1
   * (arXiv 2210.10340, released scripts).
   */
  POLYNOMIAL,
  /**
   * Peak times sqrt(warm-up / step), not below the floor; where it ends does not depend on the
   * number of steps (TransNormer on WikiText-103, released scripts).
   */
  INVERSE_SQRT;

  /**
   * Share of the way from floor (0) to peak (1).
   *
   * @param step after warm-up; the first step of all is 1
   * @param power of {@link #POLYNOMIAL}
   */
  double remaining(long step, long warmupSteps, long steps, double power) {
    double after = Math.max(1, steps - warmupSteps);
    double progress = Math.min(1, (step - warmupSteps) / after);
    return switch (this) {
      case CONSTANT -> 1;
      case COSINE -> (1 + StrictMath.cos(StrictMath.PI * progress)) / 2;
      case LINEAR -> 1 - progress;
      case POLYNOMIAL -> StrictMath.pow(1 - progress, power);
      case INVERSE_SQRT -> StrictMath.sqrt(Math.max(1, warmupSteps) / (double) step);
    };
  }

  String jsonName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
