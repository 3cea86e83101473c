package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A few products whose sums are known exactly, before a library is trusted with a model. */
final class SelfTest {

  /**
   * Rows, columns and depth: odd, to reach the kernels' edges; libraries multiply small matrices by
   * other code than those above some million multiplications. The small integers keep every sum
   * exact in float.
   */
  private static final int[][] SIZES = {{37, 53, 71}, {131, 149, 137}};

  private SelfTest() {}

  /**
   * @throws IllegalArgumentException when a product is wrong
   */
  static void require(Gemm gemm) {
    for (int[] size : SIZES) {
      for (int i = 0; i < 4; i++) {
        if (!correct(gemm, i % 2 == 1, i >= 2, size[0], size[1], size[2])) {
          throw new IllegalArgumentException("self-test failed: " + gemm.describe());
        }
      }
    }
  }

  /** Whether products whose sums round come out the same in one call and in parts. */
  static boolean sameBitsHoweverCut(Gemm gemm) {
    for (int k : new int[] {257, 600}) {
      for (int most : new int[] {2, 3, 8}) {
        for (int i = 0; i < 4; i++) {
          if (!sameBits(gemm, i % 2 == 1, i >= 2, Cuts.of(283, 349, k, most), k)) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static boolean sameBits(Gemm gemm, boolean ta, boolean tb, Cuts cuts, int k) {
    int m = cuts.m();
    int n = cuts.n();
    int lda = ta ? m : k;
    int ldb = tb ? k : n;
    try (Arena arena = Arena.ofConfined()) {
      long a = numbers(arena, m * k).address();
      long b = numbers(arena, k * n).address();
      MemorySegment whole = numbers(arena, m * n);
      MemorySegment parts = numbers(arena, m * n);
      gemm.multiply(ta, tb, m, n, k, a, lda, b, ldb, 1, whole.address(), n);
      for (int part = 0; part < cuts.parts(); part++) {
        long row = cuts.firstRow(part);
        long column = cuts.firstColumn(part);
        gemm.multiply(
            ta,
            tb,
            cuts.rows(part),
            cuts.columns(part),
            k,
            a + row * (ta ? 1 : lda) * Float.BYTES,
            lda,
            b + column * (tb ? ldb : 1) * Float.BYTES,
            ldb,
            1,
            parts.address() + (row * n + column) * Float.BYTES,
            n);
      }
      return whole.mismatch(parts) == -1;
    }
  }

  /** Numbers of unlike sizes and signs, by a linear congruential generator. */
  private static MemorySegment numbers(Arena arena, int count) {
    MemorySegment numbers = arena.allocate((long) count * Float.BYTES, Float.BYTES);
    int state = 1;
    for (int i = 0; i < count; i++) {
      state = state * 1664525 + 1013904223;
      numbers.setAtIndex(ValueLayout.JAVA_FLOAT, i, state * 0x1p-31f);
    }
    return numbers;
  }

  private static boolean correct(Gemm gemm, boolean ta, boolean tb, int m, int n, int k) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate((long) m * k * Float.BYTES, Float.BYTES);
      MemorySegment b = arena.allocate((long) k * n * Float.BYTES, Float.BYTES);
      MemorySegment c = arena.allocate((long) m * n * Float.BYTES, Float.BYTES);
      for (int l = 0; l < k; l++) {
        for (int i = 0; i < m; i++) {
          a.setAtIndex(ValueLayout.JAVA_FLOAT, ta ? l * m + i : i * k + l, left(i, l));
        }
        for (int j = 0; j < n; j++) {
          b.setAtIndex(ValueLayout.JAVA_FLOAT, tb ? j * k + l : l * n + j, right(l, j));
        }
      }
      gemm.multiply(
          ta, tb, m, n, k, a.address(), ta ? m : k, b.address(), tb ? k : n, 0, c.address(), n);
      return rowsAddUp(c, m, n, k) && columnsAddUp(c, m, n, k);
    }
  }

  /** A row of C adds up to the row of A times the sums of B's rows. */
  private static boolean rowsAddUp(MemorySegment c, int m, int n, int k) {
    double[] sums = new double[k];
    for (int l = 0; l < k; l++) {
      for (int j = 0; j < n; j++) {
        sums[l] += right(l, j);
      }
    }
    for (int i = 0; i < m; i++) {
      double difference = 0;
      for (int l = 0; l < k; l++) {
        difference += left(i, l) * sums[l];
      }
      for (int j = 0; j < n; j++) {
        difference -= c.getAtIndex(ValueLayout.JAVA_FLOAT, i * n + j);
      }
      if (difference != 0) {
        return false;
      }
    }
    return true;
  }

  /** A column of C adds up to the sums of A's columns times the column of B. */
  private static boolean columnsAddUp(MemorySegment c, int m, int n, int k) {
    double[] sums = new double[k];
    for (int l = 0; l < k; l++) {
      for (int i = 0; i < m; i++) {
        sums[l] += left(i, l);
      }
    }
    for (int j = 0; j < n; j++) {
      double difference = 0;
      for (int l = 0; l < k; l++) {
        difference += sums[l] * right(l, j);
      }
      for (int i = 0; i < m; i++) {
        difference -= c.getAtIndex(ValueLayout.JAVA_FLOAT, i * n + j);
      }
      if (difference != 0) {
        return false;
      }
    }
    return true;
  }

  private static float left(int i, int l) {
    return (3 * i + 5 * l) % 7 - 3;
  }

  private static float right(int l, int j) {
    return (2 * l + 3 * j) % 5 - 2;
  }
}
