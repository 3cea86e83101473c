package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.TokenChoice.Rule;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.generate.Sampling;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.WeightStorage;
import org.transnormer.model.lm.tnl.Checkpoints;
import org.transnormer.model.tensor.ElementType;

/** A checkpoint served from a GPU, by way of recorded graphs on a driver that emulates. */
class ServedModelTest {

  private static final int VOCAB = 97;

  @TempDir private Path folder;
  private CausalLm model;
  private final List<SequenceState> states = new ArrayList<>();

  @BeforeEach
  void load() throws IOException {
    Backend gpu = Emulation.openByDriver(ElementType.BF16);
    TnlConfig config =
        new TnlConfig(VOCAB, 64, 2, 2, 96, true, List.of(true, false), "silu", 0.08, -1, 0, 0);
    try (Backend backend = CpuBackend.open(1, false)) {
      Checkpoints.write(folder, config, backend, 7);
    }
    model = ModelFamilies.of(config).load(folder, gpu, WeightStorage.STORED);
  }

  @AfterEach
  void close() {
    states.forEach(SequenceState::close);
    if (model != null) { // null where there are no kernels to load it for
      model.close();
    }
  }

  private List<SequenceState> sequences(int count) {
    List<SequenceState> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(model.newState());
    }
    states.addAll(some);
    return some;
  }

  private static int[] tokens(int count, int step) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = (31 * i + 7 * step) % VOCAB;
    }
    return tokens;
  }

  @Test
  void saysWhatComputes() {
    assertThat(model.device()).contains("emulated GPU");
  }

  /** Through the kernels for few rows, for some, and for many. */
  @Test
  void aSequenceHasTheSameBitsAloneAndInEveryBatch() {
    float[][] alone = new float[3][];
    List<SequenceState> one = sequences(1);
    Logits logits = new Logits(1, VOCAB);
    for (int step = 0; step < alone.length; step++) {
      model.decode(one, tokens(1, step), logits);
      alone[step] = logits.row(0).toArray(ValueLayout.JAVA_FLOAT);
    }
    for (int batch : new int[] {3, 8, 20, 66}) {
      List<SequenceState> all = sequences(batch);
      Logits together = new Logits(batch, VOCAB);
      for (int step = 0; step < alone.length; step++) {
        model.decode(all, tokens(batch, step), together);
        assertThat(together.row(0).toArray(ValueLayout.JAVA_FLOAT))
            .as("batch of %d, step %d", batch, step)
            .isEqualTo(alone[step]);
      }
    }
  }

  @Test
  void theDeviceChoosesTheTokensThatTheHostWould() {
    int batch = 4;
    List<SequenceState> here = sequences(batch);
    List<SequenceState> there = sequences(batch);
    Logits logits = new Logits(batch, VOCAB);
    int[] read = tokens(batch, 1);
    for (int step = 0; step < 6; step++) {
      List<Rule> rules = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        rules.add(new Sampling(i * 0.5, i == 2 ? 0.8 : 1, i == 3 ? 5 : 0, i).rule(step));
      }
      int[] next = new int[batch];

      model.decode(here, read, logits);
      model.decode(there, read, rules, next);

      for (int i = 0; i < batch; i++) {
        assertThat(next[i]).isEqualTo(Sampler.next(logits, i, rules.get(i)));
      }
      read = next;
    }
  }
}
