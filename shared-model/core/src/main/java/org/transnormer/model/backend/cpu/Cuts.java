package org.transnormer.model.backend.cpu;

/**
 * How a product c[m,n] is cut into a grid of parts for the pool. A library packs the operands of
 * each part anew, about 1 / rows + 1 / columns of a part's work, so parts are few and nearly
 * square.
 *
 * @param down parts of the rows
 * @param across parts of the columns
 */
record Cuts(int m, int n, int down, int across) {

  /** Parts begin at multiples of it, so that kernels see whole tiles. */
  static final int GRAIN = 16;

  /**
   * Multiplications that make a part worth its hand-over. Above it libraries have one way of
   * multiplying, below another one with other roundings.
   */
  static final int FEWEST_MULTIPLICATIONS = 1 << 22;

  /**
   * @param most parts
   */
  static Cuts of(int m, int n, int k, int most) {
    int parts = (int) Math.clamp((long) m * n * k / FEWEST_MULTIPLICATIONS, 1, most);
    Cuts best = new Cuts(m, n, 1, 1);
    double least = Double.POSITIVE_INFINITY;
    for (int down = 1; down <= parts; down++) {
      int across = parts / down;
      double packing = (double) down / m + (double) across / n;
      if (down * across == parts && down <= m / GRAIN && across <= n / GRAIN && packing <= least) {
        best = new Cuts(m, n, down, across);
        least = packing;
      }
    }
    return best;
  }

  int parts() {
    return down * across;
  }

  int firstRow(int part) {
    return bound(m, down, part / across);
  }

  int rows(int part) {
    return bound(m, down, part / across + 1) - firstRow(part);
  }

  int firstColumn(int part) {
    return bound(n, across, part % across);
  }

  int columns(int part) {
    return bound(n, across, part % across + 1) - firstColumn(part);
  }

  private static int bound(int length, int pieces, int piece) {
    return piece == pieces ? length : (int) ((long) (length / GRAIN) * piece / pieces) * GRAIN;
  }
}
