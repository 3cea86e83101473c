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
import java.util.EnumSet;
import java.util.Random;
import java.util.concurrent.atomic.AtomicIntegerArray;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Activation;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.Write;
import org.transnormer.model.tensor.Tensor;

/** Each vector loop beside the obvious one, at sizes that do and do not fill a vector. */
class KernelsTest {

  @Test
  void exponentialsAreRightToAFewUnitsInTheLastPlace() {
    float[] x = new float[Lanes.WIDTH];
    for (double at = -86; at < 87; at += 0.37) {
      for (int lane = 0; lane < x.length; lane++) {
        x[lane] = (float) (at + lane * 0.02);
      }
      float[] y = Lanes.exp(FloatVector.fromArray(Lanes.SPECIES, x, 0)).toArray();
      for (int lane = 0; lane < x.length; lane++) {
        double expected = Math.exp(x[lane]);
        assertThat((double) y[lane]).isCloseTo(expected, within(2.5e-7 * expected));
      }
    }
  }

  @Test
  void phasesKeepTheirAccuracyFarOut() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      double phase = random.nextDouble() * Math.pow(10, random.nextInt(8));
      assertThat((double) Phases.cos(phase)).isCloseTo(Math.cos(phase), within(1e-7));
      assertThat((double) Phases.sin(phase)).isCloseTo(Math.sin(phase), within(1e-7));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 16, 45, 97})
  void activationsAreTheirFormulas(int columns) {
    try (CpuBackend backend = CpuBackend.open(2, false)) {
      float[] x = normal(columns, 3 * columns);
      for (Activation activation :
          EnumSet.complementOf(EnumSet.of(Activation.EXP))) { // looks at more than one element
        Tensor y = zeros(backend, 3, columns);
        Tensor dx = zeros(backend, 3, columns);
        Tensor in = tensor(backend, x, 3, columns);
        Tensor ones = zeros(backend, 3, columns);
        Arrays.fill(x, 0, 1, 0.5f);
        float[] one = new float[x.length];
        Arrays.fill(one, 1f);
        backend.write(ones, MemorySegment.ofArray(one));
        backend.write(in, MemorySegment.ofArray(x));

        backend.pointwise().activate(y, in, activation);
        backend.pointwise().activateBackward(dx, ones, in, activation);

        float[] value = array(backend, y);
        float[] slope = array(backend, dx);
        for (int i = 0; i < x.length; i++) {
          double h = 1e-4;
          double difference =
              (formula(x[i] + h, activation) - formula(x[i] - h, activation)) / (2 * h);
          assertThat((double) value[i]).isCloseTo(formula(x[i], activation), within(1e-6));
          assertThat((double) slope[i]).as("%s", activation).isCloseTo(difference, within(1e-4));
        }
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
  void exponentialsAreRelativeToTheLargestOfTheirGroup() {
    try (CpuBackend backend = CpuBackend.open(2, false)) {
      float[] x = normal(5, 3 * 12);
      x[4] = 300;
      Tensor in = tensor(backend, x, 3, 12);
      Tensor y = zeros(backend, 3, 12);
      Tensor dx = zeros(backend, 3, 12);
      float[] dy = normal(6, 36);

      backend.pointwise().activate(y, in, Activation.EXP, 4);
      backend.pointwise().activateBackward(dx, tensor(backend, dy, 3, 12), in, Activation.EXP, 4);

      float[] value = array(backend, y);
      float[] slope = array(backend, dx);
      for (int i = 0; i < 36; i++) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int j = i / 4 * 4; j < i / 4 * 4 + 4; j++) {
          largest = Math.max(largest, x[j]);
        }
        double expected = Math.exp(x[i] - largest);
        assertThat((double) value[i]).isCloseTo(expected, within(1e-6));
        assertThat((double) slope[i]).isCloseTo(expected * dy[i], within(1e-6));
      }
    }
  }

  @Test
  void activationNamesAreTheConfigurationsOwn() {
    assertThat(Activation.named("swish")).isEqualTo(Activation.SILU);
    assertThat(Activation.named("1+elu")).isEqualTo(Activation.ONE_PLUS_ELU);
    assertThat(Activation.named("no such name")).isEqualTo(Activation.IDENTITY);
    assertThat(Activation.named("gelu")).isEqualTo(Activation.GELU);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 16, 97, 1024})
  void crossEntropyAndItsGradientAreTheirFormulas(int vocab) {
    try (CpuBackend backend = CpuBackend.open(2, false)) {
      float[] x = normal(vocab, 5 * vocab);
      x[vocab] += 500;
      int[] targets = {9, 0, vocab - 1, Loss.IGNORE, 1, 0};
      double[] nats = new double[6];
      double[] forwardOnly = new double[6];
      Tensor logits = tensor(backend, x, 5, vocab);

      backend.loss().crossEntropy(forwardOnly, logits, targets, 1);
      backend.loss().crossEntropyBackward(nats, logits, targets, 1, 0.25);

      float[] gradient = array(backend, logits);
      assertThat(nats).isEqualTo(forwardOnly);
      for (int n = 0; n < 5; n++) {
        double largest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        for (int v = 0; v < vocab; v++) {
          largest = Math.max(largest, x[n * vocab + v]);
        }
        for (int v = 0; v < vocab; v++) {
          sum += Math.exp(x[n * vocab + v] - largest);
        }
        int target = targets[n + 1];
        boolean counts = target != Loss.IGNORE;
        double expected = counts ? Math.log(sum) + largest - x[n * vocab + target] : 0;
        assertThat(nats[n + 1]).isCloseTo(expected, within(2e-6 * (1 + expected)));
        for (int v = 0; v < vocab; v++) {
          double p = Math.exp(x[n * vocab + v] - largest) / sum;
          double slope = counts ? 0.25 * (p - (v == target ? 1 : 0)) : 0;
          assertThat((double) gradient[n * vocab + v]).isCloseTo(slope, within(1e-6));
        }
      }
    }
  }

  @Test
  void aStridedViewIsAsGoodAsAMatrix() {
    try (CpuBackend backend = CpuBackend.open(2, false)) {
      Tensor wide = tensor(backend, normal(1, 40 * 50), 40, 50);
      Tensor view = wide.columns(7, 38);
      Tensor dense = zeros(backend, 40, 31);
      backend.write(dense, MemorySegment.ofArray(array(backend, view)));
      Tensor r = zeros(backend, 40, 1);
      Tensor a = zeros(backend, 40, 31);
      Tensor b = zeros(backend, 40, 60).columns(20, 51);

      backend.norm().forward(a, r, dense);
      backend.norm().forward(b, r, view);

      assertThat(array(backend, b)).isEqualTo(array(backend, a));
      Tensor normed = tensor(backend, array(backend, a), 40, 31);
      backend.norm().backward(Write.ACCUMULATE, b, view, normed, r);
      backend.norm().backward(Write.ACCUMULATE, a, dense, normed, r);
      assertThat(array(backend, b)).isEqualTo(array(backend, a));
    }
  }

  @Test
  void everyTaskRunsOnceAndFailuresReachTheCaller() {
    try (WorkerPool pool = new WorkerPool(3, true)) {
      for (int tasks : new int[] {0, 1, 2, 3, 50, 1000}) {
        AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
        pool.run(
            tasks,
            (task, worker) -> {
              assertThat(worker).isBetween(0, 2);
              runs.incrementAndGet(task);
            });
        for (int i = 0; i < tasks; i++) {
          assertThat(runs.get(i)).isOne();
        }
      }
      assertThatThrownBy(() ->
              pool.run(
                  100,
                  (task, worker) -> {
                    if (task == 70) {
                      throw new IllegalStateException("seventy");
                    }
                  }))
          .hasMessage("seventy");
    }
  }

  @Test
  void releasedMemoryIsNotTouched() {
    try (CpuBackend backend = CpuBackend.open(1, false)) {
      Tensor x = tensor(backend, normal(1, 12), 3, 4);
      backend.release(x.storage());

      assertThatThrownBy(() -> backend.clear(x)).hasMessageContaining("released");
      assertThatThrownBy(() -> x.columns(2, 5)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
