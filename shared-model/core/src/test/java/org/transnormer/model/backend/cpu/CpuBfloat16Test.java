package org.transnormer.model.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.transnormer.model.golden.Numbers.array;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.BackendContract;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.golden.Numbers;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;

class CpuBfloat16Test extends BackendContract {

  CpuBfloat16Test() {
    super(Bfloat16.open(2), 1e-2);
  }

  @Test
  void gradientsAreThoseOfFloatsRoundedALittleForAnyNumberOfThreads() {
    float[] exact = gradients(CpuBackend.open(2, false));
    float[] two = gradients(Bfloat16.open(2));
    float[] three = gradients(Bfloat16.open(3));

    assertThat(two).isEqualTo(three);
    assertThat(Numbers.relativeNorm(two, exact)).isBetween(1e-4, 2e-2);
  }

  private static float[] gradients(Backend opened) {
    TnlConfig config = TnlConfig.of(301, 192, 2, 3, 520, 0);
    try (Backend backend = opened;
        LanguageModel model = ModelFamilies.of(config).trainable(backend, 2, 150)) {
      ModelFamilies.of(config).initialise(model, backend, 3);
      int[] tokens = new Random(1).ints(300, 0, 301).toArray();
      model.forwardBackward(tokens, tokens, 2, 150);
      return array(backend, model.gradients().all());
    }
  }
}
