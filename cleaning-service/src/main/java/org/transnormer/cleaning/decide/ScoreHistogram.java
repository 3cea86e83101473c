package org.transnormer.cleaning.decide;

import org.jspecify.annotations.Nullable;

/**
 * Scores in bins of 1/2048 nat, so that percentiles need neither all scores in memory nor an order
 * of arrival. Bins are made in blocks, as scores lie close together.
 */
final class ScoreHistogram {
  static final double BIN = 1.0 / 2048;
  private static final int BINS = 1 << 16;
  private static final int BLOCK = 1 << 8;

  private final long[] @Nullable [] blocks = new long[BINS / BLOCK] @Nullable [];
  private long count;

  void add(double nats) {
    int bin = bin(nats);
    long[] block = blocks[bin / BLOCK];
    if (block == null) {
      block = new long[BLOCK];
      blocks[bin / BLOCK] = block;
    }
    block[bin % BLOCK]++;
    count++;
  }

  void addAll(ScoreHistogram other) {
    for (int i = 0; i < blocks.length; i++) {
      long[] from = other.blocks[i];
      if (from == null) {
        continue;
      }
      long[] to = blocks[i];
      if (to == null) {
        to = new long[BLOCK];
        blocks[i] = to;
      }
      for (int j = 0; j < BLOCK; j++) {
        to[j] += from[j];
      }
    }
    count += other.count;
  }

  /** 32 nats and more share the last bin. */
  private static int bin(double nats) {
    return (int) Math.clamp((long) (nats / BIN), 0, BINS - 1);
  }

  long count() {
    return count;
  }

  private long count(int bin) {
    long[] block = blocks[bin / BLOCK];
    return block == null ? 0 : block[bin % BLOCK];
  }

  /**
   * The edge with at most so many scores at or above it, as low as such an edge can lie; infinite
   * if even the highest bin holds more.
   */
  double edgeBelow(long most) {
    long above = 0;
    for (int bin = BINS - 1; bin >= 0; bin--) {
      above += count(bin);
      if (above > most) {
        return bin == BINS - 1 ? Double.POSITIVE_INFINITY : (bin + 1) * BIN;
      }
    }
    return 0;
  }

  /** The edge with at most so many scores below it, as high as such an edge can lie. */
  double edgeAbove(long most) {
    long below = 0;
    for (int bin = 0; bin < BINS; bin++) {
      below += count(bin);
      if (below > most) {
        return bin * BIN;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /** Scores below an edge. */
  long countBelow(double edge) {
    long below = 0;
    int end = Double.isInfinite(edge) ? BINS : bin(edge);
    for (int bin = 0; bin < end; bin++) {
      below += count(bin);
    }
    return below;
  }

  /**
   * Counts in bins of equal width from 0 on, for people to look at.
   *
   * @param width in nats
   */
  long[] coarse(double width, int bins) {
    long[] counts = new long[bins];
    for (int bin = 0; bin < BINS; bin++) {
      counts[(int) Math.min(bins - 1, bin * BIN / width)] += count(bin);
    }
    return counts;
  }
}
