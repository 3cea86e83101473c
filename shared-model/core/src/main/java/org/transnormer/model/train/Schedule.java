package org.transnormer.model.train;

import java.util.Locale;

/** How the learning rate goes on after warm-up. */
public enum Schedule {
  /** Stays at the peak. */
  CONSTANT,
  /** Half a cosine from the peak to the floor. */
  COSINE,
  /** A straight line from the peak to the floor. */
  LINEAR;

  /** Share of the way down from peak (1) to floor (0), at {@code progress} in [0, 1]. */
  double remaining(double progress) {
    return switch (this) {
      case CONSTANT -> 1;
      case COSINE -> (1 + StrictMath.cos(StrictMath.PI * progress)) / 2;
      case LINEAR -> 1 - progress;
    };
  }

  String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
