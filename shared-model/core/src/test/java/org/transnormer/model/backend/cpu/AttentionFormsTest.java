package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;
import static org.transnormer.model.golden.Numbers.normal;
import static org.transnormer.model.golden.Numbers.tensor;
import static org.transnormer.model.golden.Numbers.zeros;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Attention;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.tensor.Tensor;

/** The recurrent, the chunked and the quadratic form of Lightning Attention are one function. */
class AttentionFormsTest {

  /** From the last layer's slowest head to the first layer's fastest of 32 heads. */
  private static final double[] RATES = {0.84, 0.5, 1.0 / 256, 0.0841, 8.4e-6, 3.9e-8};

  private static final int WIDTH = 8;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 33, 64, 256})
  void inDoubleAllFormsAgree(int block) {
    int n = 301;
    double[] q = doubles(1, n);
    double[] k = doubles(2, n);
    double[] v = doubles(3, n);
    double[] s0 = Arrays.copyOf(doubles(4, WIDTH), WIDTH * WIDTH);
    for (double rate : RATES) {
      double[] recurrent = recurrent(q, k, v, s0, rate, n);

      assertThat(distance(quadratic(q, k, v, s0, rate, n), recurrent)).isLessThan(1e-12);
      assertThat(distance(chunked(q, k, v, s0, rate, n, block), recurrent)).isLessThan(1e-12);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 256})
  void inFloatChunksOfAnySizeAndStepsAreTheRecurrenceInDouble(int chunk) {
    compare(777, chunk);
  }

  @Test
  void sixtyFourThousandPositionsStayExact() {
    compare(1 << 16, 64);
  }

  private static void compare(int n, int chunk) {
    int heads = RATES.length;
    try (CpuBackend backend = CpuBackend.open(2, false);
        WorkerPool pool = new WorkerPool(2, false)) {
      Attention attention =
          new CpuAttention(pool, OpenBlas.find().orElseGet(VectorGemm::new), chunk);
      Decay decay = attention.decay(RATES);
      float[] q = normal(1, n * heads * WIDTH);
      float[] k = normal(2, n * heads * WIDTH);
      float[] v = normal(3, n * heads * WIDTH);
      Tensor qt = tensor(backend, q, n, heads * WIDTH);
      Tensor kt = tensor(backend, k, n, heads * WIDTH);
      Tensor vt = tensor(backend, v, n, heads * WIDTH);
      Tensor o = zeros(backend, n, heads * WIDTH);
      Tensor byStep = zeros(backend, n, heads * WIDTH);
      Tensor state = zeros(backend, heads * WIDTH, WIDTH);
      Tensor stepped = zeros(backend, heads * WIDTH, WIDTH);

      attention.forward(o, state, qt, kt, vt, decay, 1);
      List<Tensor> states = new ArrayList<>(List.of(stepped));
      for (int t = 0; t < n; t++) {
        attention.step(
            byStep.rows(t, t + 1),
            states,
            qt.rows(t, t + 1),
            kt.rows(t, t + 1),
            vt.rows(t, t + 1),
            decay);
      }

      for (int h = 0; h < heads; h++) {
        double[] s = new double[WIDTH * WIDTH];
        double[] expected = recurrent(head(q, h, n), head(k, h, n), head(v, h, n), s, RATES[h], n);
        String what = "rate " + RATES[h] + " of " + n;
        assertClose(what, floats(head(array(backend, o), h, n)), floats(expected), 1e-5);
        assertClose(
            what + " by steps", floats(head(array(backend, byStep), h, n)), floats(expected), 1e-5);
      }
      assertClose("states", array(backend, stepped), array(backend, state), 2e-5);
    }
  }

  private static double[] head(float[] x, int h, int n) {
    double[] one = new double[n * WIDTH];
    int row = x.length / n;
    for (int i = 0; i < one.length; i++) {
      one[i] = x[i / WIDTH * row + h * WIDTH + i % WIDTH];
    }
    return one;
  }

  /** o_t = q_t S_t, S_t = lambda S_(t-1) + k_t v_t^T; s0 becomes the last state. */
  private static double[] recurrent(
      double[] q, double[] k, double[] v, double[] s0, double rate, int n) {
    double lambda = Math.exp(-rate);
    double[] s = s0.clone();
    double[] o = new double[n * WIDTH];
    for (int t = 0; t < n; t++) {
      for (int i = 0; i < WIDTH; i++) {
        for (int j = 0; j < WIDTH; j++) {
          double next = lambda * s[i * WIDTH + j] + k[t * WIDTH + i] * v[t * WIDTH + j];
          s[i * WIDTH + j] = next;
          o[t * WIDTH + j] += q[t * WIDTH + i] * next;
        }
      }
    }
    return o;
  }

  private static double[] quadratic(
      double[] q, double[] k, double[] v, double[] s0, double rate, int n) {
    double[] o = new double[n * WIDTH];
    for (int t = 0; t < n; t++) {
      addState(o, q, s0, Math.exp(-rate * (t + 1)), t);
      for (int s = 0; s <= t; s++) {
        addPair(o, q, k, v, Math.exp(-rate * (t - s)), t, s);
      }
    }
    return o;
  }

  /** The formulas of arXiv 2401.04658 with the exact-state convention. */
  private static double[] chunked(
      double[] q, double[] k, double[] v, double[] s0, double rate, int n, int block) {
    double[] o = new double[n * WIDTH];
    double[] s = s0.clone();
    for (int from = 0; from < n; from += block) {
      int m = Math.min(block, n - from);
      for (int r = 0; r < m; r++) {
        addState(o, q, s, Math.exp(-rate * (r + 1)), from + r);
        for (int c = 0; c <= r; c++) {
          addPair(o, q, k, v, Math.exp(-rate * (r - c)), from + r, from + c);
        }
      }
      for (int i = 0; i < WIDTH * WIDTH; i++) {
        s[i] *= Math.exp(-rate * m);
        for (int r = 0; r < m; r++) {
          int row = (from + r) * WIDTH;
          s[i] += Math.exp(-rate * (m - 1 - r)) * k[row + i / WIDTH] * v[row + i % WIDTH];
        }
      }
    }
    return o;
  }

  private static void addState(double[] o, double[] q, double[] s, double weight, int t) {
    for (int i = 0; i < WIDTH * WIDTH; i++) {
      o[t * WIDTH + i % WIDTH] += weight * q[t * WIDTH + i / WIDTH] * s[i];
    }
  }

  private static void addPair(
      double[] o, double[] q, double[] k, double[] v, double weight, int t, int s) {
    double score = 0;
    for (int i = 0; i < WIDTH; i++) {
      score += q[t * WIDTH + i] * k[s * WIDTH + i];
    }
    for (int j = 0; j < WIDTH; j++) {
      o[t * WIDTH + j] += weight * score * v[s * WIDTH + j];
    }
  }

  private static double distance(double[] a, double[] b) {
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      difference = Math.max(difference, Math.abs(a[i] - b[i]));
      largest = Math.max(largest, Math.abs(b[i]));
    }
    return difference / largest;
  }

  private static double[] doubles(long seed, int n) {
    double[] x = new double[n * WIDTH];
    float[] y = normal(seed, x.length);
    for (int i = 0; i < x.length; i++) {
      x[i] = y[i];
    }
    return x;
  }

  private static float[] floats(double[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = (float) x[i];
    }
    return y;
  }
}
