package org.transnormer.model.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.tensor.Storage;
import org.transnormer.model.tensor.Tensor;

/** Host arrays into tensors and back, and the measure of the golden files. */
public final class Numbers {

  private Numbers() {}

  public static Tensor tensor(Backend backend, float[] numbers, long... shape) {
    Storage storage = backend.allocate("test", Math.max(1, numbers.length) * 4L);
    Tensor tensor = Tensor.of(storage, 0, shape);
    assertThat(tensor.elements()).isEqualTo(numbers.length);
    backend.write(tensor, MemorySegment.ofArray(numbers));
    return tensor;
  }

  /** {@link #tensor} of another type than floats, rounded to it. */
  public static Tensor typed(Backend backend, ElementType type, float[] numbers, long... shape) {
    Tensor tensor = zeros(backend, type, shape);
    assertThat(tensor.elements()).isEqualTo(numbers.length);
    backend.write(tensor, MemorySegment.ofArray(numbers));
    return tensor;
  }

  public static Tensor zeros(Backend backend, long... shape) {
    return zeros(backend, ElementType.F32, shape);
  }

  public static Tensor zeros(Backend backend, ElementType type, long... shape) {
    long elements = 1;
    for (long axis : shape) {
      elements *= axis;
    }
    return Tensor.of(backend.allocate("test", elements * type.bytes()), type, 0, shape);
  }

  public static float[] array(Backend backend, Tensor tensor) {
    float[] numbers = new float[(int) tensor.elements()];
    backend.read(MemorySegment.ofArray(numbers), tensor);
    return numbers;
  }

  public static float[] normal(long seed, int count) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = (float) random.nextGaussian();
    }
    return numbers;
  }

  /** max |a - b| / max |b| */
  public static double relative(float[] a, float[] b) {
    assertThat(a.length).isEqualTo(b.length);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      double d = Math.abs((double) a[i] - b[i]);
      difference = Double.isNaN(d) ? Double.POSITIVE_INFINITY : Math.max(difference, d);
      largest = Math.max(largest, Math.abs(b[i]));
    }
    return largest == 0 ? difference : difference / largest;
  }

  /** |a - b| / |b|, both as Euclidean norms; for roundings that single elements may feel more. */
  public static double relativeNorm(float[] a, float[] b) {
    assertThat(a.length).isEqualTo(b.length);
    double difference = 0;
    double size = 0;
    for (int i = 0; i < a.length; i++) {
      double d = (double) a[i] - b[i];
      difference += d * d;
      size += (double) b[i] * b[i];
    }
    double error = size == 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  public static void assertClose(String what, float[] actual, float[] expected, double tolerance) {
    assertError(what, relative(actual, expected), tolerance);
  }

  public static void assertError(String what, double error, double tolerance) {
    if (Boolean.getBoolean("tnl.test.errors")) {
      System.out.printf("%-56s %.2e (%.0e)%n", what, error, tolerance);
    }
    assertThat(error).as(what).isLessThan(tolerance);
  }

  /** [B, H, n, e] to [B, n, H, e], or back with n and H exchanged. */
  public static float[] swapMiddle(float[] x, int batch, int outer, int inner, int width) {
    float[] y = new float[x.length];
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < outer; i++) {
        for (int j = 0; j < inner; j++) {
          System.arraycopy(
              x,
              ((b * outer + i) * inner + j) * width,
              y,
              ((b * inner + j) * outer + i) * width,
              width);
        }
      }
    }
    return y;
  }
}
