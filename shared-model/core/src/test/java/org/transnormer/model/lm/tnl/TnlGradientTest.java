package org.transnormer.model.lm.tnl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.golden.Numbers;
import org.transnormer.model.tensor.Tensor;

class TnlGradientTest {

  private static final int VOCAB = 53;
  private static final int SEQUENCES = 3;
  private static final int LENGTH = 75;

  /** Nats that a difference moves the loss by: far above a float's noise, and nearly linear. */
  private static final double CHANGE = 0.004;

  /** Phases are positions times theta, so the loss bends earlier there. */
  private static final double THETA_CHANGE = 0.0005;

  private static final double TOLERANCE = 0.01;

  private final Backend backend = CpuBackend.open(2, false);

  @AfterEach
  void close() {
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "silu", "none", "relu", "leak", "sigmoid", "elu", "1+elu", "2+elu", "gelu", "sine"
      })
  void gradientsAreTheSlopesOfTheLoss(String activation) {
    TnlTrainable model = model(activation);
    int[] inputs = tokens(1);
    int[] targets = targets(2);
    model.forwardBackward(inputs, targets, SEQUENCES, LENGTH);

    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      Tensor parameter = entry.getValue();
      float[] at = array(backend, parameter);
      float[] gradient = array(backend, model.gradients().get(entry.getKey()));
      float[] direction = direction(gradient, entry.getKey().hashCode());
      double expected = dot(gradient, direction);
      boolean theta = entry.getKey().endsWith("theta");
      double step = (theta ? THETA_CHANGE : CHANGE) / Math.abs(expected);
      double slope =
          (lossAt(model, parameter, at, direction, step, inputs, targets)
                  - lossAt(model, parameter, at, direction, -step, inputs, targets))
              / (2 * step);
      backend.write(parameter, MemorySegment.ofArray(at));

      assertThat(slope)
          .as(activation + " " + entry.getKey())
          .isCloseTo(expected, within(TOLERANCE * Math.abs(expected)));
    }
  }

  @Test
  void backwardTwiceDoublesTheGradients() {
    TnlTrainable model = model("silu");
    model.forwardBackward(tokens(1), targets(2), SEQUENCES, LENGTH);
    float[] once = array(backend, model.gradients().all());

    model.forwardBackward(tokens(1), targets(2), SEQUENCES, LENGTH);

    for (int i = 0; i < once.length; i++) {
      once[i] *= 2;
    }
    assertClose("doubled", array(backend, model.gradients().all()), once, 1e-6);
  }

  @Test
  void aSmallerBatchUsesTheSameMemory() {
    TnlTrainable model = model("silu");
    int[] inputs = tokens(1);
    int[] targets = targets(2);
    double whole = model.forward(inputs, targets, SEQUENCES, LENGTH).nats();

    double parts = 0;
    for (int b = 0; b < SEQUENCES; b++) {
      int[] in = Arrays.copyOfRange(inputs, b * LENGTH, (b + 1) * LENGTH);
      int[] out = Arrays.copyOfRange(targets, b * LENGTH, (b + 1) * LENGTH);
      parts += model.forward(in, out, 1, LENGTH).nats();
    }

    assertThat(parts).isCloseTo(whole, within(1e-5 * whole));
  }

  @Test
  void laterTokensDoNotReachEarlierLosses() {
    TnlTrainable model = model("silu");
    int[] inputs = tokens(1);
    int[] targets = targets(2);
    Arrays.fill(targets, LENGTH / 2, targets.length, Loss.IGNORE);
    double before = model.forward(inputs, targets, SEQUENCES, LENGTH).nats();
    for (int i = LENGTH / 2; i < inputs.length; i++) {
      inputs[i] = (inputs[i] + 1) % VOCAB;
    }

    assertThat(model.forward(inputs, targets, SEQUENCES, LENGTH).nats()).isEqualTo(before);
  }

  private TnlTrainable model(String activation) {
    TnlConfig config =
        new TnlConfig(
            VOCAB, 24, 3, 2, 40, true, List.of(true, false, true), activation, 0.3, -1, 0, 0);
    TnlTrainable model = new TnlTrainable(backend, config, SEQUENCES, LENGTH);
    new TnlFamily(config).initialise(model, backend, 11);
    return model;
  }

  private double lossAt(
      TnlTrainable model,
      Tensor parameter,
      float[] at,
      float[] direction,
      double step,
      int[] inputs,
      int[] targets) {
    float[] moved = new float[at.length];
    for (int i = 0; i < at.length; i++) {
      moved[i] = (float) (at[i] + step * direction[i]);
    }
    backend.write(parameter, MemorySegment.ofArray(moved));
    return model.forward(inputs, targets, SEQUENCES, LENGTH).mean();
  }

  /** Half along the gradient, so that the slope stands clear of the noise, and half random. */
  private static float[] direction(float[] gradient, long seed) {
    float[] direction = Numbers.normal(seed, gradient.length);
    double along = norm(gradient) == 0 ? 0 : norm(direction) / norm(gradient);
    for (int i = 0; i < direction.length; i++) {
      direction[i] += (float) (along * gradient[i]);
    }
    return direction;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double norm(float[] a) {
    return Math.sqrt(dot(a, a));
  }

  private static int[] tokens(long seed) {
    return new Random(seed).ints(SEQUENCES * LENGTH, 0, VOCAB).toArray();
  }

  private static int[] targets(long seed) {
    int[] targets = tokens(seed);
    for (int i = 0; i < targets.length; i += 7) {
      targets[i] = Loss.IGNORE;
    }
    return targets;
  }
}
