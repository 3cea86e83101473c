package org.transnormer.model.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.normal;
import static org.transnormer.model.golden.Numbers.typed;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.model.backend.Attention.Decay;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Tensor;

/** A device's operations of decoding steps have the bits of what they are composed of. */
public abstract class DecodingContract {

  private static final int HEADS = 2;

  private final Backend backend;
  private final ElementType type;

  /**
   * @param backend closed after a test
   */
  protected DecodingContract(Backend backend) {
    this.backend = backend;
    this.type = backend.compute();
  }

  /** What is tested. */
  public final Backend backend() {
    return backend;
  }

  @AfterEach
  void close() {
    backend.close();
  }

  private Tensor exact(long seed, long rows, long columns) {
    return typed(
        backend, ElementType.F32, normal(seed, Math.toIntExact(rows * columns)), rows, columns);
  }

  private Tensor rounded(long seed, long rows, long columns) {
    return typed(backend, type, normal(seed, Math.toIntExact(rows * columns)), rows, columns);
  }

  private Tensor nothing(ElementType as, long rows, long columns) {
    float[] nothing = new float[Math.toIntExact(rows * columns)];
    Arrays.fill(nothing, Float.NaN);
    return typed(backend, as, nothing, rows, columns);
  }

  private List<Decoding> both() {
    return List.of(backend.decoding(), new ComposedDecoding(backend));
  }

  private void assertEqualBits(List<Tensor> results) {
    assertThat(array(backend, results.getFirst())).isEqualTo(array(backend, results.getLast()));
    assertThat(array(backend, results.getFirst())).doesNotContain(Float.NaN);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 16",
    "1, 1032, 40",
    "1, 2056, 9",
    "3, 96, 33",
    "8, 264, 8",
    "9, 64, 24",
    "2, 30, 7"
  })
  void productsOfNorms(int rows, int width, int outputs) {
    Tensor x = exact(1, rows, width);
    Tensor w = rounded(2, outputs, width);
    for (ElementType of : EnumSet.of(ElementType.F32, type)) {
      List<Tensor> results = new ArrayList<>();
      for (Decoding decoding : both()) {
        Tensor y = nothing(of, rows, outputs);
        Tensor n = nothing(type, rows, width);
        decoding.normProduct(y, n, nothing(ElementType.F32, rows, 1), x, w);
        results.add(y);
      }
      assertEqualBits(results);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 16",
    "1, 1032, 40",
    "3, 96, 33",
    "8, 264, 8",
    "9, 64, 24",
    "2, 30, 7",
    "66, 264, 72"
  })
  void productsOfTwoProductsOfNorms(int rows, int width, int inner) {
    Tensor x = exact(1, rows, width);
    Tensor w12 = rounded(2, 2 * inner, width);
    List<Tensor> results = new ArrayList<>();
    for (Decoding decoding : both()) {
      Tensor h = nothing(type, rows, inner);
      Tensor g = nothing(type, rows, 2 * inner);
      Tensor n = nothing(type, rows, width);
      decoding.normGlu(h, g, n, nothing(ElementType.F32, rows, 1), x, w12);
      results.add(h);
    }
    assertEqualBits(results);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 64, 16",
    "1, 1032, 40",
    "1, 4104, 8",
    "3, 96, 33",
    "8, 264, 8",
    "9, 64, 24",
    "2, 30, 7"
  })
  void productsThatAreAdded(int rows, int width, int outputs) {
    Tensor o = rounded(1, rows, width);
    Tensor u = rounded(2, rows, 3 * width).columns(width, 2 * width);
    Tensor w = rounded(3, outputs, width);
    List<Tensor> gated = new ArrayList<>();
    List<Tensor> plain = new ArrayList<>();
    for (Decoding decoding : both()) {
      Tensor x = exact(4, rows, outputs);
      Tensor z = nothing(type, rows, width);
      decoding.gatedProduct(x, z, nothing(ElementType.F32, rows, 1), o, u, w);
      gated.add(x);
      Tensor y = exact(4, rows, outputs);
      decoding.addProduct(y, o, w);
      plain.add(y);
    }
    assertEqualBits(gated);
    assertEqualBits(plain);
  }

  @ParameterizedTest
  @CsvSource({"1, 16", "5, 24", "9, 128"})
  void attentionOnActivatedColumns(int rows, int width) {
    int hidden = HEADS * width;
    Decay decay = backend.attention().decay(new double[] {0.1, 0.7});
    Tensor qkv = rounded(1, rows, 4L * hidden);
    for (Activation activation : Activation.values()) {
      for (int activated = 2; activated <= 3; activated++) {
        List<Tensor> results = new ArrayList<>();
        List<Tensor> lastStates = new ArrayList<>();
        for (Decoding decoding : both()) {
          List<Tensor> states = states(rows, width);
          Tensor o = nothing(type, rows, hidden);
          Tensor work = nothing(type, rows, (long) activated * hidden);
          decoding.attention(o, states, qkv, work, activation, width, decay);
          results.add(o);
          lastStates.add(states.getLast());
        }
        assertEqualBits(results);
        assertEqualBits(lastStates);
      }
    }
  }

  private List<Tensor> states(int rows, int width) {
    List<Tensor> states = new ArrayList<>();
    for (int m = 0; m < rows; m++) {
      states.add(exact(100 + m, (long) HEADS * width, width));
    }
    return states;
  }

  /** Where work is recorded and parts of it begin early, each still sees what came before. */
  @Test
  void layersThatAreRepeated() {
    List<Tensor> results = new ArrayList<>();
    List<Tensor> lastStates = new ArrayList<>();
    for (Decoding decoding : both()) {
      Layer layer = new Layer(decoding);
      for (int time = 0; time < 4; time++) {
        backend.repeat(decoding, layer::step);
      }
      results.add(layer.x);
      lastStates.add(layer.states.getLast());
    }
    assertEqualBits(results);
    assertEqualBits(lastStates);
  }

  /** Two layers with the same weights, so that the residual stream is read and written at once. */
  private final class Layer {

    private static final int ROWS = 2;
    private static final int WIDTH = 64;
    private static final int INNER = 96;

    private final Decoding decoding;
    private final Decay decay = backend.attention().decay(new double[] {0.2, 0.05});
    private final Tensor x = exact(1, ROWS, WIDTH);
    private final Tensor r = nothing(ElementType.F32, ROWS, 1);
    private final Tensor n = nothing(type, ROWS, WIDTH);
    private final Tensor projected = nothing(type, ROWS, 4 * WIDTH);
    private final Tensor activated = nothing(type, ROWS, 2 * WIDTH);
    private final Tensor o = nothing(type, ROWS, WIDTH);
    private final Tensor z = nothing(type, ROWS, WIDTH);
    private final Tensor g = nothing(type, ROWS, 2 * INNER);
    private final Tensor h = nothing(type, ROWS, INNER);
    private final Tensor projection = rounded(2, 4 * WIDTH, WIDTH);
    private final Tensor out = rounded(3, WIDTH, WIDTH);
    private final Tensor w12 = rounded(4, 2 * INNER, WIDTH);
    private final Tensor w3 = rounded(5, WIDTH, INNER);
    private final List<Tensor> states = states(ROWS, WIDTH / HEADS);
    private final List<Tensor> others = states(ROWS, WIDTH / HEADS);

    Layer(Decoding decoding) {
      this.decoding = decoding;
    }

    void step() {
      once(states);
      once(others);
    }

    private void once(List<Tensor> with) {
      decoding.normProduct(projected, n, r, x, projection);
      decoding.attention(o, with, projected, activated, Activation.SILU, 1, decay);
      decoding.gatedProduct(x, z, r, o, projected.columns(3 * WIDTH, 4 * WIDTH), out);
      decoding.normGlu(h, g, n, r, x, w12);
      decoding.addProduct(x, h, w3);
    }
  }
}
