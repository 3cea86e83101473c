package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.normal;
import static org.transnormer.model.golden.Numbers.tensor;
import static org.transnormer.model.golden.Numbers.zeros;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Weights in every element type: what is stored, and products with it. */
class StoredWeightsTest {

  private static final int[] INPUTS = {1, 16, 63, 64, 100, 128, 200, 1024};
  private static final int[] OUTPUTS = {1, 4, 7, 130};

  private final CpuBackend backend = CpuBackend.open(2, false);

  @AfterEach
  void close() {
    backend.close();
  }

  private Tensor stored(ElementType type, float[] numbers, int rows, int columns) {
    Storage storage = backend.allocate("weights", (long) rows * columns * type.bytes());
    Tensor tensor = Tensor.of(storage, type, 0, rows, columns);
    if (type == ElementType.I8) {
      tensor = Tensor.inSteps(tensor, zeros(backend, rows, 1));
    }
    backend.write(tensor, MemorySegment.ofArray(numbers));
    return tensor;
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void productsAreThoseOfWhatIsStored(ElementType type) {
    for (int inputs : INPUTS) {
      for (int outputs : OUTPUTS) {
        Tensor w = stored(type, normal(inputs, outputs * inputs), outputs, inputs);
        float[] numbers = array(backend, w);
        for (int rows : new int[] {1, 2, 3, 8, 9, 40}) {
          float[] x = normal(rows, rows * inputs);
          Tensor y = tensor(backend, normal(5, rows * outputs), rows, outputs);
          Tensor few = tensor(backend, normal(5, rows * outputs), rows, outputs);
          float[] before = array(backend, y);

          backend.matmul().forward(Write.ACCUMULATE, y, tensor(backend, x, rows, inputs), w);
          backend.matmul().forwardFew(Write.OVERWRITE, few, tensor(backend, x, rows, inputs), w);

          float[] actual = array(backend, y);
          float[] actualFew = array(backend, few);
          for (int n = 0; n < rows; n++) {
            for (int o = 0; o < outputs; o++) {
              double sum = 0;
              for (int j = 0; j < inputs; j++) {
                sum += (double) x[n * inputs + j] * numbers[o * inputs + j];
              }
              int at = n * outputs + o;
              assertThat((double) actualFew[at]).isCloseTo(sum, within(1e-4));
              assertThat((double) actual[at]).isCloseTo(sum + before[at], within(1e-4));
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void aRowHasTheSameBitsInAnyBatch(ElementType type) {
    int inputs = 200;
    int outputs = 70;
    Tensor w = stored(type, normal(1, outputs * inputs), outputs, inputs);
    Tensor x = tensor(backend, normal(2, 9 * inputs), 9, inputs);
    Tensor alone = zeros(backend, 1, outputs);
    for (int rows = 1; rows <= 9; rows++) {
      Tensor y = zeros(backend, rows, outputs);

      backend.matmul().forwardFew(Write.OVERWRITE, y, x.rows(0, rows), w);

      for (int n = 0; n < rows; n++) {
        backend.matmul().forwardFew(Write.OVERWRITE, alone, x.rows(n, n + 1), w);
        assertThat(array(backend, y.rows(n, n + 1))).isEqualTo(array(backend, alone));
      }
    }
  }

  @Test
  void bfloat16IsTheNearestWithTiesToEven() {
    float[] numbers = {1f, -1.00390625f, 1.01171875f, 3.3895314e38f, Float.NaN, 1e-40f, 0.1f};

    float[] stored = array(backend, stored(ElementType.BF16, numbers, 1, 7));

    assertThat(Arrays.copyOf(stored, 3)).containsExactly(1f, -1f, 1.015625f);
    assertThat(stored[3]).isEqualTo(3.3895314e38f);
    assertThat(stored[4]).isNaN();
    assertThat(stored[5]).isCloseTo(1e-40f, within(5e-41f));
    assertThat(stored[6]).isEqualTo(0.10009765625f);
  }

  @Test
  void wholeNumbersAreHalfAStepAwayAtMost() {
    int columns = 197;
    float[] numbers = normal(7, 4 * columns);
    Arrays.fill(numbers, 0, columns, 0f);
    numbers[columns + 1] = 40f;
    numbers[2 * columns + 5] = -3.4e38f;
    Arrays.fill(numbers, 3 * columns, 4 * columns, -1f);

    Tensor w = stored(ElementType.I8, numbers, 4, columns);

    float[] stored = array(backend, w);
    float[] steps = array(backend, w.steps());
    assertThat(steps).containsExactly(0f, 40f / 127, 3.4e38f / 127, 1f / 127);
    for (int i = 0; i < numbers.length; i++) {
      double half = 0.50002 * steps[i / columns];
      assertThat((double) stored[i]).isCloseTo(numbers[i], within(half));
    }
  }

  @Test
  void whatIsNotFiniteIsNotHidden() {
    float[] numbers = normal(8, 2 * 128);
    numbers[3] = Float.NaN;
    Tensor w = stored(ElementType.I8, numbers, 2, 128);
    Tensor y = zeros(backend, 1, 2);

    backend.matmul().forward(Write.OVERWRITE, y, tensor(backend, normal(9, 128), 1, 128), w);

    assertThat(array(backend, y)[0]).isNaN();
    assertThat(array(backend, y)[1]).isFinite();
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void embeddingsAreTheStoredRows(ElementType type) {
    Tensor table = stored(type, normal(3, 5 * 100), 5, 100);
    float[] rows = array(backend, table);
    Tensor x = zeros(backend, 2, 100);

    backend.embedding().forward(x, table, new int[] {9, 4, 1}, 1, 2);

    float[] actual = array(backend, x);
    for (int j = 0; j < 100; j++) {
      assertThat(actual[j]).isEqualTo(2 * rows[400 + j]);
      assertThat(actual[100 + j]).isEqualTo(2 * rows[100 + j]);
    }
  }

  @ParameterizedTest
  @EnumSource(value = ElementType.class, mode = EnumSource.Mode.EXCLUDE, names = "F32")
  void operationsOnFloatsRefuseOtherTypes(ElementType type) {
    Tensor w = stored(type, normal(4, 64), 8, 8);
    Tensor x = zeros(backend, 8, 8);
    Tensor r = zeros(backend, 8, 1);

    assertThatThrownBy(() -> backend.matmul().backwardInput(Write.OVERWRITE, x, x, w))
        .hasMessageContaining("must be of F32");
    assertThatThrownBy(() -> backend.matmul().backwardWeight(w, x, x))
        .hasMessageContaining("must be of F32");
    assertThatThrownBy(() -> backend.matmul().forward(Write.OVERWRITE, x, w, x))
        .hasMessageContaining("must be of F32");
    assertThatThrownBy(() -> backend.norm().forward(x, r, w))
        .hasMessageContaining("must be of F32");
    assertThatThrownBy(() -> backend.clear(w)).hasMessageContaining("must be of F32");
  }

  @Test
  void wholeNumbersWithoutStepsAreRefused() {
    Tensor bare = Tensor.of(backend.allocate("bare", 64), ElementType.I8, 0, 8, 8);
    Tensor x = zeros(backend, 8, 8);

    assertThatThrownBy(() -> backend.matmul().forwardFew(Write.OVERWRITE, x, x, bare))
        .hasMessageContaining("not in steps");
    assertThatThrownBy(() -> Tensor.inSteps(bare, zeros(backend, 7, 1)))
        .hasMessageContaining("no steps of");
  }
}
