package org.transnormer.model.lm.tnl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.transnormer.model.golden.Numbers.assertClose;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.MalformedCheckpointException;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.generate.Sampler;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.SequenceState;

/** A model of several chunks' length, read in every way there is. */
class TnlPathsTest {

  private static final int VOCAB = 89;
  private static final double TOLERANCE = 2e-5;

  @TempDir static Path folder;

  @BeforeAll
  static void write() throws IOException {
    TnlConfig config =
        new TnlConfig(
            VOCAB, 48, 3, 3, 72, true, List.of(true, false, true), "silu", 0.08, -1, 0, 0);
    try (Backend backend = CpuBackend.open(1, false)) {
      Checkpoints.write(folder, config, backend, 7);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 63, 64, 65, 200, 515})
  void prefillOfAnyPieceSizeIsTheRecurrence(int piece) throws IOException {
    int[] tokens = tokens(600, 1);
    try (CausalLm lm = CausalLm.load(folder, LoadOptions.threads(2));
        SequenceState whole = lm.newState();
        SequenceState pieces = lm.newState();
        SequenceState steps = lm.newState()) {
      Logits a = new Logits(1, VOCAB);
      Logits b = new Logits(1, VOCAB);
      Logits c = new Logits(1, VOCAB);

      lm.prefill(whole, tokens, 0, tokens.length, a);
      for (int from = 0; from < tokens.length; from += piece) {
        lm.prefill(pieces, tokens, from, Math.min(tokens.length, from + piece), b);
      }
      for (int token : tokens) {
        lm.decode(List.of(steps), new int[] {token}, c);
      }

      assertClose("whole", floats(a), floats(c), TOLERANCE);
      assertClose("pieces", floats(b), floats(c), TOLERANCE);
      assertThat(List.of(whole.position(), pieces.position(), steps.position()))
          .containsOnly((long) tokens.length);
    }
  }

  @Test
  void aRowOfADecodedBatchHasTheSameBitsWhateverElseIsInTheBatch() throws IOException {
    try (CausalLm lm = CausalLm.load(folder, LoadOptions.threads(2))) {
      int[] prompt = tokens(70, 2);
      List<SequenceState> states = new ArrayList<>();
      Logits scratch = new Logits(1, VOCAB);
      for (int i = 0; i < 9; i++) {
        SequenceState state = lm.newState();
        lm.prefill(state, prompt, 0, 10 + 7 * i, scratch);
        states.add(state);
      }
      int[] next = tokens(9, 3);
      float[][] alone = new float[9][];
      for (int i = 0; i < 9; i++) {
        try (SequenceState copy = lm.newState()) {
          copy.copyFrom(states.get(i));
          lm.decode(List.of(copy), new int[] {next[i]}, scratch);
          alone[i] = floats(scratch);
        }
      }
      for (int batch : new int[] {2, 3, 5, 8, 9}) {
        List<SequenceState> copies = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
          SequenceState copy = lm.newState();
          copy.copyFrom(states.get(i));
          copies.add(copy);
        }
        Logits together = new Logits(batch, VOCAB);

        lm.decode(copies, next, together);

        for (int i = 0; i < batch; i++) {
          assertThat(together.row(i).toArray(ValueLayout.JAVA_FLOAT)).isEqualTo(alone[i]);
        }
        copies.forEach(SequenceState::close);
      }
      states.forEach(SequenceState::close);
    }
  }

  @Test
  void aTextsScoreDependsOnNothingButTheText() throws IOException {
    int[] text = tokens(700, 4);
    try (CausalLm one = CausalLm.load(folder, LoadOptions.threads(1));
        CausalLm three = CausalLm.load(folder, LoadOptions.threads(3))) {
      double[] first = one.negativeLogLikelihood(text);
      one.negativeLogLikelihood(tokens(33, 5));

      assertThat(one.negativeLogLikelihood(text)).isEqualTo(first);
      assertThat(three.negativeLogLikelihood(text)).isEqualTo(first);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100, 512, 699})
  void aTextScoresTheSamePieceByPiece(int cut) throws IOException {
    int[] text = tokens(700, 4);
    try (CausalLm lm = CausalLm.load(folder, LoadOptions.threads(1));
        SequenceState state = lm.newState()) {
      double[] whole = lm.negativeLogLikelihood(text);
      double[] pieces = new double[whole.length];
      for (int from = 0; from < whole.length; from += cut) {
        int to = Math.min(whole.length, from + cut);
        double[] piece = lm.negativeLogLikelihood(state, text, from, to);
        System.arraycopy(piece, 0, pieces, from, piece.length);
      }

      assertThat(state.position()).isEqualTo(whole.length);
      assertThat(pieces).containsExactly(whole, within(cut == 512 || cut == 699 ? 0 : 2e-5));
      assertThatThrownBy(() -> lm.negativeLogLikelihood(state, text, 5, text.length))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aScoreIsTheLogProbabilityOfTheNextToken() throws IOException {
    int[] text = tokens(100, 6);
    try (CausalLm lm = CausalLm.load(folder, LoadOptions.threads(2));
        SequenceState state = lm.newState()) {
      Logits every = new Logits(text.length, VOCAB);
      lm.prefillAll(state, text, 0, text.length, every);

      double[] nats = lm.negativeLogLikelihood(text);

      assertThat(nats).hasSize(text.length - 1);
      for (int i = 0; i < nats.length; i++) {
        assertThat(nats[i]).isCloseTo(-Sampler.logProbability(every, i, text[i + 1]), within(1e-5));
      }
      assertThat(lm.negativeLogLikelihood(new int[] {5})).isEmpty();
    }
  }

  @Test
  void aResetStateIsANewOne() throws IOException {
    try (CausalLm lm = CausalLm.load(folder, LoadOptions.threads(1));
        SequenceState used = lm.newState();
        SequenceState fresh = lm.newState()) {
      Logits a = new Logits(1, VOCAB);
      Logits b = new Logits(1, VOCAB);
      lm.prefill(used, tokens(80, 8), 0, 80, a);
      used.reset();

      lm.prefill(used, tokens(20, 9), 0, 20, a);
      lm.prefill(fresh, tokens(20, 9), 0, 20, b);

      assertThat(floats(a)).isEqualTo(floats(b));
      assertThat(used.bytes()).isEqualTo(lm.stateBytes());
    }
  }

  @Test
  void closingWaitsForWhoIsReading() throws Exception {
    CausalLm lm = CausalLm.load(folder, LoadOptions.threads(2));
    SequenceState state = lm.newState();
    Logits logits = new Logits(1, VOCAB);
    int[] text = tokens(2000, 10);
    AtomicReference<Throwable> ended = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (true) {
                  lm.prefill(state, text, 0, text.length, logits);
                }
              } catch (IllegalStateException e) {
                ended.set(e);
              }
            });
    Thread.sleep(50);

    lm.close();
    state.close();
    reader.join();

    assertThat(ended.get()).hasMessageMatching(".*(closed|released).*");
  }

  @Test
  void refusesWhatCannotBe() throws IOException {
    try (CausalLm lm = CausalLm.load(folder, LoadOptions.threads(1));
        SequenceState state = lm.newState()) {
      Logits logits = new Logits(1, VOCAB);
      assertThatThrownBy(() -> lm.prefill(state, new int[] {VOCAB}, 0, 1, logits))
          .hasMessageContaining("outside the vocabulary");
      assertThatThrownBy(() -> lm.prefill(state, new int[] {1}, 0, 2, logits))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> lm.decode(List.of(state, state), new int[] {1, 2}, logits))
          .isInstanceOf(IllegalArgumentException.class);
      state.close();
      assertThatThrownBy(() -> lm.prefill(state, new int[] {1}, 0, 1, logits))
          .hasMessageContaining("closed");
    }
    assertThatThrownBy(() -> CausalLm.load(folder.resolve("nowhere"), LoadOptions.threads(1)))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(MalformedCheckpointException.class);
  }

  private static int[] tokens(int count, long seed) {
    return new Random(seed).ints(count, 0, VOCAB).toArray();
  }

  private static float[] floats(Logits logits) {
    return logits.segment().toArray(ValueLayout.JAVA_FLOAT);
  }
}
