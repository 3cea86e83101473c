package org.transnormer.model.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LanguageModel;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ModelFamily;
import org.transnormer.model.lm.SequenceState;
import tools.jackson.databind.node.ObjectNode;

/** Decoding steps at several batch sizes, and prefill, with random weights. */
final class InferenceSpeed {

  private static final int[] BATCHES = {1, 8, 64, 256};
  private static final int WARM_UP = 5;
  private static final int STEPS = 30;
  private static final int[] PROMPTS = {8192, 16_384};

  private final CudaBackend backend;
  private final DriverLauncher launcher;
  private final TnlConfig config;

  InferenceSpeed(CudaBackend backend, DriverLauncher launcher, TnlConfig config) {
    this.backend = backend;
    this.launcher = launcher;
    this.config = config;
  }

  /** What is done with a model. */
  @FunctionalInterface
  private interface Use {
    void of(CausalLm model);
  }

  private void with(Use use) {
    ModelFamily family = ModelFamilies.of(config);
    try (LanguageModel model = family.trainable(backend, 1, 64)) {
      family.initialise(model, backend, 1);
      try (CausalLm causal = family.over(model, backend)) {
        use.of(causal);
      }
    }
  }

  void decode(ObjectNode report) {
    with(model -> {
      for (int batch : BATCHES) {
        decode(report.putObject("batch " + batch), model, batch);
      }
    });
  }

  private void decode(ObjectNode report, CausalLm model, int batch) {
    List<SequenceState> states = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      states.add(model.newState());
    }
    Logits logits = new Logits(batch, config.vocabSize());
    Random random = new Random(1);
    double[] device = new double[STEPS];
    double[] whole = new double[STEPS];
    for (int step = 0; step < WARM_UP + STEPS; step++) {
      int[] tokens = random.ints(batch, 0, config.vocabSize()).toArray();
      long started = System.nanoTime();
      model.decode(states, tokens, logits);
      if (step >= WARM_UP) {
        whole[step - WARM_UP] = (System.nanoTime() - started) * 1e-6;
        device[step - WARM_UP] = launcher.millisOfLatestPlay();
      }
    }
    double bytes = 2.0 * config.parameterCount() + 2.0 * batch * model.stateBytes();
    double millis = median(device);
    report.put("ms a step on the device, median", millis);
    report.put("ms a step with the logits in host memory, median", median(whole));
    report.put("bytes at least", bytes);
    report.put("GB/s", bytes / millis * 1e-6);
    CudaBench.say(
        "decoding %d: %.3f ms on the device, %.3f ms with logits read, %.0f GB/s",
        batch, millis, median(whole), bytes / millis * 1e-6);
    states.forEach(SequenceState::close);
  }

  private static double median(double[] numbers) {
    double[] sorted = numbers.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  void prefill(ObjectNode report) {
    with(model -> {
      Logits logits = new Logits(1, config.vocabSize());
      for (int length : PROMPTS) {
        int[] tokens = new Random(1).ints(length, 0, config.vocabSize()).toArray();
        double best = Double.MAX_VALUE;
        for (int time = 0; time < 5; time++) {
          try (SequenceState state = model.newState()) {
            long started = System.nanoTime();
            model.prefill(state, tokens, 0, length, logits);
            best = Math.min(best, (System.nanoTime() - started) * 1e-6);
          }
        }
        report.put("ms of " + length, best);
        CudaBench.say("prefill of %d: %.2f ms, %.0f tokens/s", length, best, length / best * 1e3);
      }
    });
  }
}
