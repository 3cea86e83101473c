package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.array;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.golden.Golden;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.tensor.Tensor;

class AdamWGoldenTest {

  private static final OptimizerSpec SPEC =
      new OptimizerSpec(3e-3, Schedule.CONSTANT, 0, 0, 0.1, 0.9, 0.95, 1e-8, 1);

  @Test
  void twentyStepsAreTheReferences() throws IOException {
    try (Golden g = Golden.open("tnl1-adamw/golden.safetensors");
        Backend backend = CpuBackend.open(2, false)) {
      int[] shape = g.shape("batches");
      int steps = shape[0];
      int batch = shape[1] * shape[2];
      int[] tokens = g.ints("batches");
      LanguageModel model =
          ModelFamilies.of(ModelFamilies.read(Golden.path("tnl1-adamw").resolve("config.json")))
              .trainable(backend, shape[1], shape[2]);
      SessionFiles.readModel(Golden.path("tnl1-adamw"), model);
      ParameterUpdate update = new ParameterUpdate(backend, model);

      for (int step = 1; step <= steps; step++) {
        int[] inputs = Arrays.copyOfRange(tokens, (step - 1) * batch, step * batch);
        backend.clear(model.gradients().all());
        double loss =
            model.forwardBackward(inputs, next(inputs, shape[2]), shape[1], shape[2]).mean();
        double norm = update.gradientNorm();
        double rate = SPEC.learningRate(step, steps);
        update.apply(SPEC, rate, step, ParameterUpdate.clipFactor(SPEC.clip(), norm));

        assertThat(loss).as("loss " + step).isCloseTo(g.floats("loss")[step - 1], within(2e-5));
        float expectedNorm = g.floats("grad_norm")[step - 1];
        assertThat(norm).as("norm " + step).isCloseTo(expectedNorm, within(1e-4 * expectedNorm));
        if (step == 1) {
          assertWeights("step1.", g, backend, model);
        }
      }
      assertWeights("final.", g, backend, model);
    }
  }

  private static void assertWeights(String prefix, Golden g, Backend backend, LanguageModel model) {
    for (Map.Entry<String, Tensor> entry : model.parameters().byName().entrySet()) {
      float[] actual = array(backend, entry.getValue());
      float[] expected = g.floats(prefix + entry.getKey());
      double worst = 0;
      for (int i = 0; i < actual.length; i++) {
        worst = Math.max(worst, Math.abs((double) actual[i] - expected[i]));
      }
      if (Boolean.getBoolean("tnl.test.errors")) {
        System.out.printf("%-56s %.2e (abs)%n", prefix + entry.getKey(), worst);
      }
      assertThat(worst).as(prefix + entry.getKey()).isLessThan(2e-4);
    }
  }

  private static int[] next(int[] inputs, int length) {
    int[] targets = new int[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      targets[i] = i % length == length - 1 ? Loss.IGNORE : inputs[i + 1];
    }
    return targets;
  }
}
