package org.transnormer.model.backend.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A few products whose results are known exactly, before a library is trusted with a model. */
final class SelfTest {

  /* Odd sizes reach the kernels' edges; the small integers keep every sum exact in float. */
  private static final int M = 37;
  private static final int N = 53;
  private static final int K = 71;

  private SelfTest() {}

  /**
   * @throws IllegalArgumentException when a product is wrong
   */
  static void require(Gemm gemm) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment a = arena.allocate((long) M * K * Float.BYTES, Float.BYTES);
      MemorySegment b = arena.allocate((long) K * N * Float.BYTES, Float.BYTES);
      MemorySegment c = arena.allocate((long) M * N * Float.BYTES, Float.BYTES);
      for (int i = 0; i < 4; i++) {
        product(gemm, i % 2 == 1, i >= 2, a, b, c);
      }
    }
  }

  private static void product(
      Gemm gemm, boolean ta, boolean tb, MemorySegment a, MemorySegment b, MemorySegment c) {
    for (int i = 0; i < M; i++) {
      for (int l = 0; l < K; l++) {
        a.setAtIndex(ValueLayout.JAVA_FLOAT, ta ? l * M + i : i * K + l, left(i, l));
      }
    }
    for (int l = 0; l < K; l++) {
      for (int j = 0; j < N; j++) {
        b.setAtIndex(ValueLayout.JAVA_FLOAT, tb ? j * K + l : l * N + j, right(l, j));
      }
    }
    gemm.multiply(
        ta, tb, M, N, K, a.address(), ta ? M : K, b.address(), tb ? K : N, 0, c.address(), N);
    for (int i = 0; i < M; i++) {
      for (int j = 0; j < N; j++) {
        float expected = 0;
        for (int l = 0; l < K; l++) {
          expected += left(i, l) * right(l, j);
        }
        if (c.getAtIndex(ValueLayout.JAVA_FLOAT, i * N + j) != expected) {
          throw new IllegalArgumentException("self-test failed: " + gemm.describe());
        }
      }
    }
  }

  private static float left(int i, int l) {
    return (3 * i + 5 * l) % 7 - 3;
  }

  private static float right(int l, int j) {
    return (2 * l + 3 * j) % 5 - 2;
  }
}
