package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Write;
import org.transnormer.model.golden.Numbers;

class GemmTest {

  static Stream<Gemm> gemms() {
    return Stream.concat(OpenBlas.find().stream(), Stream.of(new VectorGemm()));
  }

  @ParameterizedTest
  @MethodSource("gemms")
  void productsAreTheObviousLoops(Gemm gemm) {
    SelfTest.require(gemm);
    Random random = new Random(1);
    List<int[]> sizes =
        List.of(
            new int[] {1, 1, 1},
            new int[] {3, 48, 7},
            new int[] {17, 33, 129},
            new int[] {125, 61, 300},
            new int[] {64, 64, 64},
            new int[] {5, 1000, 2});
    for (int[] size : sizes) {
      for (int kind = 0; kind < 8; kind++) {
        check(gemm, kind % 2 == 1, kind / 2 % 2 == 1, size, kind >= 4 ? 0.5f : 0f, random);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("gemms")
  void saysRightlyWhetherBitsDependOnCuts(Gemm gemm) {
    assertThat(SelfTest.sameBitsHoweverCut(gemm)).isEqualTo(gemm.sameBitsHoweverCut());
  }

  @Test
  void cutsCoverAProductOnceInWholeTiles() {
    for (int most = 1; most <= 9; most++) {
      Cuts cuts = Cuts.of(1000, 533, 700, most);
      int covered = 0;
      for (int part = 0; part < cuts.parts(); part++) {
        covered += cuts.rows(part) * cuts.columns(part);
        assertThat(cuts.firstRow(part) % 16 + cuts.firstColumn(part) % 16).isZero();
      }

      assertThat(cuts.parts()).isEqualTo(most);
      assertThat(covered).isEqualTo(1000 * 533);
    }
  }

  @Test
  void smallProductsStayWhole() {
    assertThat(Cuts.of(64, 64, 64, 8).parts()).isOne();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theSelfTestRefusesALibraryThatIsWrongInOneElement(boolean small) {
    Gemm right = new VectorGemm();
    Gemm wrong =
        new Gemm() {
          @Override
          public void multiply(
              boolean ta,
              boolean tb,
              int m,
              int n,
              int k,
              long a,
              int lda,
              long b,
              int ldb,
              float beta,
              long c,
              int ldc) {
            right.multiply(ta, tb, m, n, k, a, lda, b, ldb, beta, c, ldc);
            if (ta && tb && (long) m * n * k < 1_000_000 == small) {
              long last = c + ((m - 1L) * ldc + n - 1) * Float.BYTES;
              Lanes.set(last, Lanes.get(last) + 1);
            }
          }

          @Override
          public boolean sameBitsHoweverCut() {
            return false;
          }

          @Override
          public String describe() {
            return "wrong";
          }
        };

    assertThatThrownBy(() -> SelfTest.require(wrong)).hasMessageContaining("wrong");
  }

  private static void check(
      Gemm gemm, boolean ta, boolean tb, int[] size, float beta, Random random) {
    int m = size[0];
    int n = size[1];
    int k = size[2];
    int lda = (ta ? m : k) + 3;
    int ldb = (tb ? k : n) + 5;
    int ldc = n + 2;
    float[] a = Numbers.normal(random.nextLong(), (ta ? k : m) * lda);
    float[] b = Numbers.normal(random.nextLong(), (tb ? n : k) * ldb);
    float[] c = Numbers.normal(random.nextLong(), m * ldc);
    float[] expected = c.clone();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum += (double) a[ta ? l * lda + i : i * lda + l] * b[tb ? j * ldb + l : l * ldb + j];
        }
        expected[i * ldc + j] = (float) (sum + beta * c[i * ldc + j]);
      }
    }
    if (beta == 0) {
      c[0] = Float.NaN;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = memory(arena, c);
      gemm.multiply(
          ta,
          tb,
          m,
          n,
          k,
          memory(arena, a).address(),
          lda,
          memory(arena, b).address(),
          ldb,
          beta,
          target.address(),
          ldc);
      float[] actual = target.toArray(ValueLayout.JAVA_FLOAT);
      assertThat(Numbers.relative(actual, expected))
          .as("%s %s %s %s x %s x %s", gemm.describe(), ta, tb, m, n, k)
          .isLessThan(1e-5);
    }
  }

  @Test
  void aFewRowsAreComputedAsOne() {
    try (CpuBackend backend = CpuBackend.open(2, false)) {
      int outputs = 4097;
      int inputs = 83;
      var w = Numbers.tensor(backend, Numbers.normal(1, outputs * inputs), outputs, inputs);
      var x = Numbers.tensor(backend, Numbers.normal(2, 11 * inputs), 11, inputs);
      var expected = Numbers.zeros(backend, 11, outputs);
      var y = Numbers.zeros(backend, 11, outputs);
      var one = Numbers.zeros(backend, 1, outputs);

      backend.matmul().forward(Write.OVERWRITE, expected, x, w);
      backend.matmul().forwardFew(Write.OVERWRITE, y, x, w);

      float[] together = Numbers.array(backend, y);
      assertThat(Numbers.relative(together, Numbers.array(backend, expected))).isLessThan(1e-5);
      for (int row = 0; row < 11; row++) {
        backend.matmul().forwardFew(Write.OVERWRITE, one, x.rows(row, row + 1), w);
        assertThat(Numbers.array(backend, one))
            .isEqualTo(Arrays.copyOfRange(together, row * outputs, (row + 1) * outputs));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aLargeProductHasTheSameBitsForAnyNumberOfThreads(boolean openBlas) {
    List<float[]> first = productsOf(1, openBlas);
    for (int threads : new int[] {2, 3}) {
      List<float[]> others = productsOf(threads, openBlas);
      for (int i = 0; i < first.size(); i++) {
        assertThat(Arrays.equals(others.get(i), first.get(i))).as("product %d", i).isTrue();
      }
    }
  }

  /** All three kinds, in sizes that three threads share. */
  private static List<float[]> productsOf(int threads, boolean openBlas) {
    int rows = 413;
    int outputs = 365;
    int inputs = 259;
    try (CpuBackend backend =
        openBlas ? CpuBackend.open(threads, false) : CpuBackend.withoutOpenBlas(threads)) {
      var x = Numbers.tensor(backend, Numbers.normal(1, rows * inputs), rows, inputs);
      var w = Numbers.tensor(backend, Numbers.normal(2, outputs * inputs), outputs, inputs);
      var y = Numbers.zeros(backend, rows, outputs);
      var dx = Numbers.zeros(backend, rows, inputs);
      var dw = Numbers.zeros(backend, outputs, inputs);
      backend.matmul().forward(Write.OVERWRITE, y, x, w);
      backend.matmul().backwardInput(Write.OVERWRITE, dx, y, w);
      backend.matmul().backwardWeight(dw, y, x);
      assertThat(Cuts.of(rows, outputs, inputs, threads).parts()).isEqualTo(threads);
      return List.of(
          Numbers.array(backend, y), Numbers.array(backend, dx), Numbers.array(backend, dw));
    }
  }

  private static MemorySegment memory(Arena arena, float[] numbers) {
    return arena.allocateFrom(ValueLayout.JAVA_FLOAT, numbers);
  }
}
