package org.transnormer.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;
import static org.transnormer.model.golden.Numbers.normal;
import static org.transnormer.model.golden.Numbers.tensor;
import static org.transnormer.model.golden.Numbers.typed;
import static org.transnormer.model.golden.Numbers.zeros;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.backend.Optimizer.AdamW;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/**
 * What every backend must do: each operation beside the obvious loop in double, at sizes that do
 * and do not fill a vector. Inputs are numbers that the backend's type holds exactly, so that a
 * tolerance is about the operation alone.
 */
public abstract class BackendContract {

  private final Backend backend;
  private final ElementType type;
  private final double tolerance;

  /**
   * @param backend closed after a test
   * @param tolerance relative to a tensor's largest number
   */
  protected BackendContract(Backend backend, double tolerance) {
    this.backend = backend;
    this.type = backend.compute();
    this.tolerance = tolerance;
  }

  @AfterEach
  protected void close() {
    backend.close();
  }

  private float[] numbers(long seed, int count) {
    float[] numbers = normal(seed, count);
    if (type == ElementType.BF16) {
      for (int i = 0; i < count; i++) {
        numbers[i] = PhaseRounding.bfloat16(numbers[i]);
      }
    }
    return numbers;
  }

  private Tensor in(float[] numbers, long... shape) {
    return typed(backend, type, numbers, shape);
  }

  private Tensor out(long... shape) {
    long count = Arrays.stream(shape).reduce(1, Math::multiplyExact);
    float[] nothing = new float[(int) count];
    Arrays.fill(nothing, Float.NaN);
    return typed(backend, type, nothing, shape);
  }

  private void close(String what, Tensor actual, double[] expected) {
    float[] floats = new float[expected.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) expected[i];
    }
    assertClose(what, array(backend, actual), floats, tolerance);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 45, 97, 264})
  protected void activationsAreTheirFormulas(int columns) {
    float[] x = numbers(columns, 3 * columns);
    Tensor in = in(x, 3, columns);
    float[] one = new float[x.length];
    Arrays.fill(one, 1f);
    for (Activation activation :
        EnumSet.complementOf(EnumSet.of(Activation.EXP))) { // looks at more than one element
      Tensor y = out(3, columns);
      Tensor dx = in(one, 3, columns);

      backend.pointwise().activate(y, in, activation);
      backend.pointwise().activateBackward(dx, dx, in, activation);

      double[] value = new double[x.length];
      double[] slope = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        double h = 1e-4;
        value[i] = formula(x[i], activation);
        slope[i] = (formula(x[i] + h, activation) - formula(x[i] - h, activation)) / (2 * h);
      }
      close(activation.toString(), y, value);
      float[] actual = array(backend, dx);
      for (int i = 0; i < x.length; i++) {
        assertThat((double) actual[i])
            .as("slope of %s at %s", activation, x[i])
            .isCloseTo(slope[i], within(Math.max(1e-4, 2 * tolerance)));
      }
    }
  }

  private static double formula(double x, Activation activation) {
    double sigmoid = 1 / (1 + Math.exp(-x));
    double elu = x > 0 ? x : Math.expm1(x);
    return switch (activation) {
      case IDENTITY -> x;
      case SILU -> x * sigmoid;
      case GELU -> x * phi(x);
      case SINE -> Math.sin(x);
      case EXP -> throw new IllegalArgumentException("no function of one element");
      case RELU -> Math.max(0, x);
      case LEAKY_RELU -> x > 0 ? x : 0.01 * x;
      case SIGMOID -> sigmoid;
      case ELU -> elu;
      case ONE_PLUS_ELU -> 1 + elu;
      case TWO_PLUS_ELU -> 2 + elu;
    };
  }

  /** Simpson's rule over the density. */
  private static double phi(double x) {
    int steps = 4000;
    double h = x / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double at = i * h;
      double weight = i == 0 || i == steps ? 1 : i % 2 == 0 ? 2 : 4;
      sum += weight * Math.exp(-at * at / 2) / Math.sqrt(2 * Math.PI);
    }
    return 0.5 + sum * h / 3;
  }

  @Test
  protected void exponentialsAreRelativeToTheLargestOfTheirGroup() {
    float[] x = numbers(5, 3 * 12);
    x[4] = 300;
    float[] dy = numbers(6, 36);
    Tensor in = in(x, 3, 12);
    Tensor y = out(3, 12);
    Tensor dx = out(3, 12);

    backend.pointwise().activate(y, in, Activation.EXP, 4);
    backend.pointwise().activateBackward(dx, in(dy, 3, 12), in, Activation.EXP, 4);

    double[] value = new double[36];
    double[] slope = new double[36];
    for (int i = 0; i < 36; i++) {
      double largest = Double.NEGATIVE_INFINITY;
      for (int j = i / 4 * 4; j < i / 4 * 4 + 4; j++) {
        largest = Math.max(largest, x[j]);
      }
      value[i] = Math.exp(x[i] - largest);
      slope[i] = value[i] * dy[i];
    }
    close("y", y, value);
    close("dx", dx, slope);
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 64, 200})
  protected void productsOfElementsAndTheirGradients(int columns) {
    float[] a = numbers(1, 5 * columns);
    float[] b = numbers(2, 5 * columns);
    float[] dh = numbers(3, 5 * columns);
    Tensor h = out(5, columns);
    Tensor da = out(5, columns);
    Tensor db = out(5, columns);

    backend.pointwise().multiply(h, in(a, 5, columns), in(b, 5, columns));
    backend
        .pointwise()
        .multiplyBackward(da, db, in(dh, 5, columns), in(a, 5, columns), in(b, 5, columns));

    close("h", h, times(a, b));
    close("da", da, times(dh, b));
    close("db", db, times(dh, a));
  }

  private static double[] times(float[] a, float[] b) {
    double[] c = new double[a.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = (double) a[i] * b[i];
    }
    return c;
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 97, 1024, 5000})
  protected void crossEntropyAndItsGradientAreTheirFormulas(int vocab) {
    float[] x = numbers(vocab, 5 * vocab);
    x[vocab] += 500;
    int[] targets = {9, 0, vocab - 1, Loss.IGNORE, 1, 0};
    double[] nats = new double[6];
    double[] forwardOnly = new double[6];
    Tensor logits = in(x, 5, vocab);
    float[] exact = array(backend, logits);

    backend.loss().crossEntropy(forwardOnly, logits, targets, 1);
    backend.loss().crossEntropyBackward(nats, logits, targets, 1, 0.25, 0.125);
    backend.finish();

    float[] gradient = array(backend, logits);
    assertThat(nats).isEqualTo(forwardOnly);
    for (int n = 0; n < 5; n++) {
      double largest = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int v = 0; v < vocab; v++) {
        largest = Math.max(largest, exact[n * vocab + v]);
      }
      for (int v = 0; v < vocab; v++) {
        sum += Math.exp(exact[n * vocab + v] - largest);
      }
      int target = targets[n + 1];
      boolean counts = target != Loss.IGNORE;
      double logZ = Math.log(sum) + largest;
      double expected = counts ? logZ - exact[n * vocab + target] : 0;
      assertThat(nats[n + 1]).isCloseTo(expected, within(2e-6 * (1 + expected)));
      for (int v = 0; v < vocab; v++) {
        double p = Math.exp(exact[n * vocab + v] - largest) / sum;
        double slope = counts ? 0.25 * ((1 + 2 * 0.125 * logZ) * p - (v == target ? 1 : 0)) : 0;
        assertThat((double) gradient[n * vocab + v])
            .isCloseTo(slope, within((1 + Math.abs(slope)) * Math.max(1e-6, tolerance)));
      }
    }
  }

  @Test
  protected void aTargetOutsideTheVocabularyIsRefused() {
    Tensor logits = in(new float[8], 2, 4);

    assertThatThrownBy(
            () -> backend.loss().crossEntropy(new double[2], logits, new int[] {1, 4}, 0))
        .hasMessageContaining("outside the vocabulary");
  }

  @Test
  protected void aStridedViewIsAsGoodAsAMatrix() {
    Tensor wide = in(numbers(1, 40 * 50), 40, 50);
    Tensor view = wide.columns(7, 38);
    Tensor dense = in(array(backend, view), 40, 31);
    Tensor r = zeros(backend, 40, 1);
    Tensor a = out(40, 31);
    Tensor b = out(40, 60).columns(20, 51);

    backend.norm().forward(a, r, dense);
    backend.norm().forward(b, r, view);

    assertThat(array(backend, b)).isEqualTo(array(backend, a));
    Tensor normed = in(array(backend, a), 40, 31);
    backend.norm().backward(Write.ACCUMULATE, b, view, normed, r);
    backend.norm().backward(Write.ACCUMULATE, a, dense, normed, r);
    assertThat(array(backend, b)).isEqualTo(array(backend, a));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 64, 301})
  protected void theGatedNormAndItsGradientAreTheirFormulas(int columns) {
    float[] o = numbers(1, 4 * columns);
    float[] u = numbers(2, 4 * columns);
    float[] dz = numbers(3, 4 * columns);
    Tensor z = out(4, columns);
    Tensor r = zeros(backend, 4, 1);
    Tensor dO = out(4, columns);
    Tensor dU = out(4, columns);
    Tensor ot = in(o, 4, columns);
    Tensor ut = in(u, 4, columns);

    backend.norm().gatedForward(z, r, ot, ut);
    backend.norm().gatedBackward(dO, dU, in(dz, 4, columns), ot, ut, r);

    double[][] expected = new double[3][4 * columns];
    for (int n = 0; n < 4; n++) {
      double squares = 0;
      for (int j = n * columns; j < (n + 1) * columns; j++) {
        squares += (double) o[j] * o[j];
      }
      double scale = 1 / Math.sqrt(squares / columns + Norm.EPSILON);
      double mean = 0;
      for (int j = n * columns; j < (n + 1) * columns; j++) {
        mean += (double) dz[j] * u[j] * o[j] * scale / columns;
      }
      for (int j = n * columns; j < (n + 1) * columns; j++) {
        double y = o[j] * scale;
        expected[0][j] = u[j] * y;
        expected[1][j] = scale * ((double) dz[j] * u[j] - y * mean);
        expected[2][j] = dz[j] * y;
      }
    }
    close("z", z, expected[0]);
    close("dO", dO, expected[1]);
    close("dU", dU, expected[2]);
  }

  /** Two devices' columns, their sums added up between. */
  @ParameterizedTest
  @ValueSource(ints = {5, 64, 301})
  protected void aNormThatIsSplitIsTheNormOfAllColumns(int columns) {
    Tensor o = in(numbers(1, 4 * columns), 4, columns);
    Tensor u = in(numbers(2, 4 * columns), 4, columns);
    Tensor dz = in(numbers(3, 4 * columns), 4, columns);
    Tensor[] whole = {out(4, columns), out(4, columns), out(4, columns)};
    Tensor[] split = {out(4, columns), out(4, columns), out(4, columns)};
    Tensor r = zeros(backend, 4, 1);
    backend.norm().gatedForward(whole[0], r, o, u);
    backend.norm().gatedBackward(whole[1], whole[2], dz, o, u, r);

    int[] cuts = {0, columns / 3, columns};
    Tensor[] sums = {zeros(backend, 4, 1), zeros(backend, 4, 1)};
    for (int part = 0; part < 2; part++) {
      backend.splitNorm().squares(sums[part], o.columns(cuts[part], cuts[part + 1]));
    }
    addUp(sums);
    Tensor[] products = {zeros(backend, 4, 1), zeros(backend, 4, 1)};
    for (int part = 0; part < 2; part++) {
      int from = cuts[part];
      int to = cuts[part + 1];
      Tensor op = o.columns(from, to);
      Tensor up = u.columns(from, to);
      backend.splitNorm().gatedForward(split[0].columns(from, to), sums[part], op, up, columns);
      backend.splitNorm().products(products[part], dz.columns(from, to), op, up, sums[part]);
    }
    addUp(products);
    for (int part = 0; part < 2; part++) {
      int from = cuts[part];
      int to = cuts[part + 1];
      backend
          .splitNorm()
          .gatedBackward(
              split[1].columns(from, to),
              split[2].columns(from, to),
              dz.columns(from, to),
              o.columns(from, to),
              u.columns(from, to),
              sums[part],
              products[part],
              columns);
    }

    String[] names = {"z", "dO", "dU"};
    for (int i = 0; i < names.length; i++) {
      assertClose(names[i], array(backend, split[i]), array(backend, whole[i]), tolerance);
    }
    assertThat(array(backend, sums[0])).isEqualTo(array(backend, sums[1]));
  }

  private void addUp(Tensor[] sums) {
    float[] sum = array(backend, sums[0]);
    float[] more = array(backend, sums[1]);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += more[i];
    }
    for (Tensor each : sums) {
      backend.write(each, MemorySegment.ofArray(sum));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 17, 65})
  protected void productsWithWeightsInAllDirections(int rows) {
    int in = 40;
    int outputs = 27;
    float[] x = numbers(1, rows * in);
    float[] w = numbers(2, outputs * in);
    float[] dy = numbers(3, rows * outputs);
    Tensor xt = in(x, rows, in);
    Tensor wt = in(w, outputs, in);
    Tensor dyt = in(dy, rows, outputs);
    Tensor y = out(rows, outputs);
    Tensor few = out(rows, outputs);
    Tensor residual = tensor(backend, dy, rows, outputs);
    Tensor dx = out(rows, in);
    Tensor dw = zeros(backend, outputs, in);

    backend.matmul().forward(Write.OVERWRITE, y, xt, wt);
    backend.matmul().forwardFew(Write.OVERWRITE, few, xt, wt);
    backend.matmul().forward(Write.ACCUMULATE, residual, xt, wt);
    backend.matmul().backwardInput(Write.OVERWRITE, dx, dyt, wt);
    backend.matmul().backwardWeight(dw, dyt, xt);
    backend.matmul().backwardWeight(dw, dyt, xt);

    double[] expected = product(x, w, rows, outputs, in, in, 1, in, 1);
    close("y", y, expected);
    close("y of few", few, expected);
    for (int i = 0; i < expected.length; i++) {
      expected[i] += dy[i];
    }
    close("residual", residual, expected);
    close("dx", dx, product(dy, w, rows, in, outputs, outputs, 1, 1, in));
    double[] once = product(dy, x, outputs, in, rows, 1, outputs, 1, in);
    close("dw", dw, Arrays.stream(once).map(v -> 2 * v).toArray());
  }

  /** c[i][j] = sum over l of a[i ai + l al] b[j bj + l bl]. */
  private static double[] product(
      float[] a, float[] b, int m, int n, int k, int ai, int al, int bj, int bl) {
    double[] c = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int l = 0; l < k; l++) {
          c[i * n + j] += (double) a[i * ai + l * al] * b[j * bj + l * bl];
        }
      }
    }
    return c;
  }

  @Test
  protected void aRowOfAFewHasTheSameBitsWhateverTheOthersAre() {
    Tensor x = in(numbers(1, 70 * 264), 70, 264);
    Tensor w = in(numbers(2, 50 * 264), 50, 264);
    Tensor together = out(70, 50);
    backend.matmul().forwardFew(Write.OVERWRITE, together, x, w);
    float[] all = array(backend, together);
    for (int rows : new int[] {1, 2, 9, 20, 33}) {
      Tensor some = out(rows, 50);

      backend.matmul().forwardFew(Write.OVERWRITE, some, x.rows(0, rows), w);

      assertThat(array(backend, some)).isEqualTo(Arrays.copyOf(all, rows * 50));
    }
  }

  @Test
  protected void embeddingsAndTheirGradient() {
    int columns = 24;
    int[] tokens = {-7, 3, 0, 3, 6, 6, 3, 1};
    float[] table = numbers(1, 7 * columns);
    float[] dx = numbers(2, 7 * columns);
    Tensor x = zeros(backend, 7, columns);
    Tensor dTable = tensor(backend, table, 7, columns);

    backend.embedding().forward(x, in(table, 7, columns), tokens, 1, 0.5);
    backend.embedding().backward(dTable, in(dx, 7, columns), tokens, 1, 0.5, 6);

    double[] rows = new double[7 * columns];
    double[] gradient = new double[7 * columns];
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = table[i];
    }
    for (int n = 0; n < 7; n++) {
      for (int j = 0; j < columns; j++) {
        int token = tokens[n + 1];
        rows[n * columns + j] = 0.5 * table[token * columns + j];
        gradient[token * columns + j] += token == 6 ? 0 : 0.5 * dx[n * columns + j];
      }
    }
    close("x", x, rows);
    close("dTable", dTable, gradient);
    assertThatThrownBy(() -> backend.embedding().forward(x, dTable, tokens, 0, 1))
        .hasMessageContaining("outside the vocabulary");
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 130, 1031})
  protected void documentsOfASequenceSeeNothingOfEachOther(int time) {
    int heads = 2;
    int width = 16;
    Decay decay = backend.attention().decay(new double[] {0.3, 1e-3});
    Tensor q = in(numbers(1, time * heads * width), time, heads * width);
    Tensor k = in(numbers(2, time * heads * width), time, heads * width);
    Tensor v = in(numbers(3, time * heads * width), time, heads * width);
    int[] cuts = {0, time / 3, time / 3 + 1, time};
    int[] starts = new int[time];
    for (int d = 0; d < 3; d++) {
      Arrays.fill(starts, cuts[d], cuts[d + 1], cuts[d]);
    }
    Tensor state = zeros(backend, heads * width, width);
    Tensor o = out(time, heads * width);
    Tensor alone = out(time, heads * width);
    Tensor last = zeros(backend, heads * width, width);

    backend.attention().forward(o, state, q, k, v, decay, starts, 1);
    for (int d = 0; d < 3; d++) {
      int from = cuts[d];
      int to = cuts[d + 1];
      backend.clear(last);
      Tensor part = alone.rows(from, to);
      backend
          .attention()
          .forward(
              part, last, q.rows(from, to), k.rows(from, to), v.rows(from, to), decay, null, 1);
    }

    assertClose("o", array(backend, o), array(backend, alone), 4 * tolerance);
    assertClose("state", array(backend, state), array(backend, last), 4 * tolerance);
  }

  @Test
  protected void aStepOfManyIsTheStepOfEach() {
    int heads = 3;
    Decay decay = backend.attention().decay(new double[] {0.5, 0.01, 1e-7});
    Tensor q = in(numbers(1, 5 * heads * 20), 5, heads * 20);
    Tensor k = in(numbers(2, 5 * heads * 20), 5, heads * 20);
    Tensor v = in(numbers(3, 5 * heads * 12), 5, heads * 12);
    Tensor together = tensor(backend, normal(4, 5 * heads * 20 * 12), 5L * heads * 20, 12);
    Tensor single = tensor(backend, normal(4, 5 * heads * 20 * 12), 5L * heads * 20, 12);
    Tensor o = out(5, heads * 12);
    Tensor alone = out(5, heads * 12);
    List<Tensor> states =
        IntStream.range(0, 5).mapToObj(i -> together.rows(i * 60L, (i + 1) * 60L)).toList();

    backend.attention().step(o, states, q, k, v, decay);
    for (int i = 0; i < 5; i++) {
      backend
          .attention()
          .step(
              alone.rows(i, i + 1),
              List.of(single.rows(i * 60L, (i + 1) * 60L)),
              q.rows(i, i + 1),
              k.rows(i, i + 1),
              v.rows(i, i + 1),
              decay);
    }

    assertThat(array(backend, o)).isEqualTo(array(backend, alone));
    assertThat(array(backend, together)).isEqualTo(array(backend, single));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 5000, 300_001})
  protected void sumsOfSquaresAndUpdates(int count) {
    float[] g = normal(1, count);
    float[] w = normal(2, count);
    float[] m = normal(3, count);
    float[] v = normal(4, count);
    for (int i = 0; i < count; i++) {
      v[i] *= v[i];
    }
    Tensor wt = tensor(backend, w, count, 1);
    Tensor mt = tensor(backend, m, count, 1);
    Tensor vt = tensor(backend, v, count, 1);
    Tensor gt = tensor(backend, g, count, 1);
    Tensor rounded = type == ElementType.F32 ? null : zeros(backend, type, count, 1);
    AdamW update = new AdamW(1e-2, 0.9, 0.99, 1e-8, 0.1, 3, 0.5);

    double squares = backend.optimizer().sumOfSquares(gt);
    backend.optimizer().adamW(wt, mt, vt, gt, rounded, update);

    double expected = 0;
    float[] updated = new float[count];
    for (int i = 0; i < count; i++) {
      expected += (double) g[i] * g[i];
      double gradient = 0.5 * g[i];
      double first = 0.9 * m[i] + 0.1 * gradient;
      double second = 0.99 * v[i] + 0.01 * gradient * gradient;
      double moved = 1e-2 * first / (1 - 0.729) / (Math.sqrt(second / (1 - 0.970299)) + 1e-8);
      updated[i] = (float) (w[i] * (1 - 1e-3) - moved);
    }
    assertThat(squares).isCloseTo(expected, within(2e-6 * expected));
    assertClose("w", array(backend, wt), updated, 2e-6);
    if (rounded != null) {
      Tensor copy = zeros(backend, type, count, 1);
      backend.copy(copy, wt);
      assertThat(array(backend, rounded)).isEqualTo(array(backend, copy));
      assertClose("rounded", array(backend, rounded), updated, tolerance);
    }
  }

  @Test
  protected void numbersGoInAndComeBack() {
    float[] numbers = numbers(1, 30 * 41);
    Tensor a = in(numbers, 30, 41);
    Tensor b = out(30, 41);

    backend.copy(b, a);

    assertThat(array(backend, b)).isEqualTo(numbers);
    backend.write(b.columns(3, 20), MemorySegment.ofArray(new float[30 * 17]));
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i % 41 >= 3 && i % 41 < 20 ? 0 : numbers[i];
    }
    assertThat(array(backend, b)).isEqualTo(numbers);
    backend.clear(b);
    assertThat(array(backend, b)).containsOnly(0f);
    assertThat(array(backend, zeros(backend, 1000, 3))).containsOnly(0f);
  }

  @Test
  protected void workThatIsRepeatedIsDoneWithTheNewNumbers() {
    Tensor table = in(numbers(1, 16 * 8), 16, 8);
    Tensor x = zeros(backend, 4, 8);
    Random random = new Random(1);
    int[] tokens = new int[4];
    for (int time = 0; time < 5; time++) {
      Arrays.setAll(tokens, _ -> random.nextInt(16));

      Runnable work = () -> backend.embedding().forward(x, table, tokens, 0, 1);
      if (time % 2 == 0) {
        backend.repeat("rows", work);
      } else {
        backend.repeatSame("the same rows", work);
      }

      float[] expected = array(backend, table);
      float[] actual = array(backend, x);
      for (int i = 0; i < 32; i++) {
        assertThat(actual[i]).isEqualTo(expected[tokens[i / 8] * 8 + i % 8]);
      }
    }
  }

  @Test
  protected void releasedMemoryIsNotTouched() {
    Tensor x = tensor(backend, normal(1, 12), 3, 4);
    backend.release(x.storage());

    assertThatThrownBy(() -> backend.clear(x)).hasMessageContaining("released");
    assertThatThrownBy(() -> x.columns(2, 5)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
