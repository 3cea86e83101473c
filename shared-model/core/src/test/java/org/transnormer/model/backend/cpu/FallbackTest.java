package org.transnormer.model.backend.cpu;

import static org.transnormer.model.golden.Numbers.array;
import static org.transnormer.model.golden.Numbers.assertClose;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.ModelFamilies;

class FallbackTest {

  @Test
  void aModelTrainsAlikeWithoutOpenBlas() {
    try (Backend usual = CpuBackend.open(2, false);
        Backend fallback = CpuBackend.withoutOpenBlas(2)) {
      assertClose("gradients", gradients(fallback), gradients(usual), 1e-5);
    }
  }

  private static float[] gradients(Backend backend) {
    TnlConfig config =
        new TnlConfig(61, 40, 2, 5, 72, true, List.of(true, false), "silu", 0.2, -1, 0, 0);
    try (LanguageModel model = ModelFamilies.of(config).trainable(backend, 2, 150)) {
      ModelFamilies.of(config).initialise(model, backend, 3);
      int[] tokens = new Random(1).ints(300, 0, 61).toArray();
      model.forwardBackward(tokens, tokens, 2, 150);
      return array(backend, model.gradients().all());
    }
  }
}
