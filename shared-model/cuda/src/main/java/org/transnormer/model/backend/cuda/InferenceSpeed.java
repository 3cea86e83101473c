package org.transnormer.model.backend.cuda;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.Sampling;
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
  private static final int WARM_UP = 20;
  private static final int STEPS = 50;
  private static final double TEMPERATURE = 0.8;
  private static final int[] PROMPTS = {8192, 16_384};
  private static final int[] POSITIONS = {100, 1_000_000};
  private static final int READ_AT_ONCE = 8192;

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
    Sampling sampling = new Sampling(TEMPERATURE, 1, 0, 1);
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < batch; i++) {
      rules.add(sampling.rule(i));
    }
    int[] next = new int[batch];
    Logits logits = new Logits(batch, config.vocabSize());
    Times chosen = times(batch, tokens -> model.decode(states, tokens, rules, next));
    Times read = times(batch, tokens -> model.decode(states, tokens, logits));
    double bytes = 2.0 * config.parameterCount() + 2.0 * batch * model.stateBytes();
    report.put("ms a step on the device, tokens chosen there", chosen.device);
    report.put("ms a step with the tokens in host memory", chosen.whole);
    report.put("ms a step on the device, without the choice", read.device);
    report.put("ms a step with the logits in host memory", read.whole);
    report.put("bytes at least", bytes);
    report.put("GB/s", bytes / chosen.device * 1e-6);
    CudaBench.say(
        "decoding %d: %.3f ms on the device (%.3f without choosing), %.3f ms with tokens here,"
            + " %.3f with logits, %.0f GB/s",
        batch, chosen.device, read.device, chosen.whole, read.whole, bytes / chosen.device * 1e-6);
    CudaBench.profile(report, launcher, () -> model.decode(states, next, rules, next.clone()));
    states.forEach(SequenceState::close);
  }

  /** A step of one sequence after few tokens, and of the same one after many. */
  void positions(ObjectNode report) {
    with(model -> {
      Logits logits = new Logits(1, config.vocabSize());
      try (SequenceState state = model.newState()) {
        for (int position : POSITIONS) {
          while (state.position() < position) {
            int count = (int) Math.min(READ_AT_ONCE, position - state.position());
            int[] read = new Random(state.position()).ints(count, 0, config.vocabSize()).toArray();
            model.prefill(state, read, 0, count, logits);
          }
          double millis = times(1, tokens -> model.decode(List.of(state), tokens, logits)).device;
          report.put("ms a step on the device from position " + position, millis);
          CudaBench.say("decoding 1 from position %,d: %.4f ms on the device", position, millis);
        }
      }
    });
  }

  /** Medians. */
  private record Times(double device, double whole) {}

  private Times times(int batch, Consumer<int[]> step) {
    Random random = new Random(1);
    double[] device = new double[STEPS];
    double[] whole = new double[STEPS];
    for (int n = 0; n < WARM_UP + STEPS; n++) {
      int[] tokens = random.ints(batch, 0, config.vocabSize()).toArray();
      long started = System.nanoTime();
      step.accept(tokens);
      if (n >= WARM_UP) {
        whole[n - WARM_UP] = (System.nanoTime() - started) * 1e-6;
        device[n - WARM_UP] = launcher.millisOfLatestPlay();
      }
    }
    return new Times(median(device), median(whole));
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
