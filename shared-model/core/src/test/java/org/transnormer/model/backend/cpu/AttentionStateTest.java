package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;
import static org.transnormer.model.golden.Numbers.normal;
import static org.transnormer.model.golden.Numbers.tensor;
import static org.transnormer.model.golden.Numbers.zeros;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.Tensor;

/** What the state and the position carry from one piece of a sequence to the next. */
class AttentionStateTest {

  /** Fast, slow, and practically no decay. */
  private static final double[] RATES = {0.84, 1.0 / 256, 3.9e-8};

  private static final int HEADS = RATES.length;
  private static final int KEYS = 10;
  private static final int VALUES = 6;
  private static final int LENGTH = 391;

  private final CpuBackend backend = CpuBackend.open(2, false);
  private final Decay decay = backend.attention().decay(RATES);

  @AfterEach
  void close() {
    backend.close();
  }

  /**
   * @param state [H ek, ev] read and overwritten
   */
  private float[] attend(float[] q, float[] k, float[] v, Tensor state, int from, int to) {
    int rows = to - from;
    Tensor o = zeros(backend, rows, (long) HEADS * VALUES);
    backend
        .attention()
        .forward(
            o,
            state,
            rows(q, KEYS, from, to),
            rows(k, KEYS, from, to),
            rows(v, VALUES, from, to),
            decay,
            1);
    return array(backend, o);
  }

  private Tensor rows(float[] x, int width, int from, int to) {
    int row = HEADS * width;
    return tensor(backend, Arrays.copyOfRange(x, from * row, to * row), to - from, row);
  }

  private Tensor state(float[] numbers) {
    return tensor(backend, numbers, (long) HEADS * KEYS, VALUES);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void cutAnywhereTheStateGoesOn(long seed) {
    float[] q = normal(10 * seed, LENGTH * HEADS * KEYS);
    float[] k = normal(10 * seed + 1, LENGTH * HEADS * KEYS);
    float[] v = normal(10 * seed + 2, LENGTH * HEADS * VALUES);
    float[] before = normal(10 * seed + 3, HEADS * KEYS * VALUES);
    Tensor whole = state(before);
    Tensor pieces = state(before);
    float[] expected = attend(q, k, v, whole, 0, LENGTH);
    float[] actual = new float[expected.length];
    Random random = new Random(seed);

    for (int from = 0; from < LENGTH; ) {
      int to = Math.min(LENGTH, from + 1 + random.nextInt(150));
      float[] piece = attend(q, k, v, pieces, from, to);
      System.arraycopy(piece, 0, actual, from * HEADS * VALUES, piece.length);
      from = to;
    }

    assertClose("o", actual, expected, 1e-5);
    assertClose("state", array(backend, pieces), array(backend, whole), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 100, 1000})
  void paddingWithNothingOnTheLeftChangesNothing(int padding) {
    int n = 90;
    float[] q = normal(1, n * HEADS * KEYS);
    float[] k = normal(2, n * HEADS * KEYS);
    float[] v = normal(3, n * HEADS * VALUES);
    Tensor alone = state(new float[HEADS * KEYS * VALUES]);
    Tensor padded = state(new float[HEADS * KEYS * VALUES]);
    float[] expected = attend(q, k, v, alone, 0, n);

    float[] all =
        attend(
            behind(padding, KEYS, q),
            behind(padding, KEYS, k),
            behind(padding, VALUES, v),
            padded,
            0,
            padding + n);

    int skipped = padding * HEADS * VALUES;
    assertClose("o", Arrays.copyOfRange(all, skipped, all.length), expected, 1e-5);
    assertClose("state", array(backend, padded), array(backend, alone), 1e-5);
  }

  private static float[] behind(int padding, int width, float[] x) {
    float[] padded = new float[padding * HEADS * width + x.length];
    System.arraycopy(x, 0, padded, padding * HEADS * width, x.length);
    return padded;
  }

  @Test
  void positionFeaturesAreExactNearTheMillionthPosition() {
    int n = 40;
    long first = 999_983;
    float[] theta = new float[HEADS * KEYS];
    for (int j = 0; j < theta.length; j++) {
      theta[j] = (float) Math.pow(10_000, -2.0 * j / theta.length);
    }
    Tensor cosines = zeros(backend, n, theta.length);
    Tensor sines = zeros(backend, n, theta.length);
    long[] positions = LongStream.range(first, first + n).toArray();

    backend
        .positions()
        .angles(
            cosines, sines, tensor(backend, theta, HEADS, KEYS), positions, PhaseRounding.FLOAT64);

    float[] c = array(backend, cosines);
    float[] s = array(backend, sines);
    for (int i = 0; i < c.length; i++) {
      double phase = positions[i / theta.length] * (double) theta[i % theta.length];
      assertThat((double) c[i]).isCloseTo(Math.cos(phase), within(1e-7));
      assertThat((double) s[i]).isCloseTo(Math.sin(phase), within(1e-7));
    }
  }
}
