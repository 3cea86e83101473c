package org.transnormer.model.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.CheckpointFolder;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.checkpoint.SafetensorsWriter;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.lm.Logits;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.SequenceState;
import org.transnormer.model.lm.TrainingShape;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.Footprint;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.TinyTokens;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;
import tools.jackson.databind.json.JsonMapper;

/** A second family behind the interfaces that the first one has. */
class ToyFamilyTest {

  private static final ToyConfig TOY = new ToyConfig(TinyTokens.VOCABULARY, 16, 2, 0);

  @TempDir static Path folder;

  @BeforeAll
  static void writeTokens() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 60);
  }

  private static TrainingSpec spec(long steps) {
    return new TrainingSpec(
        TOY,
        OptimizerSpec.adamW(1e-2, Schedule.CONSTANT, 2),
        new BatchSpec(4, 32),
        steps,
        7,
        new EvalSpec(0, 500),
        new CheckpointSpec(0, 0));
  }

  private static Path train(TokenSet tokens, Backend backend, Path target, long steps)
      throws IOException {
    try (TrainingSession session = TrainingSession.start(spec(steps), tokens, backend)) {
      while (!session.finished()) {
        session.step();
      }
      session.writeCheckpoint(target);
    }
    return target;
  }

  @Test
  void isTrainedSavedLoadedAndDecoded() throws IOException {
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"));
        Backend backend = CpuBackend.open(1, false)) {
      try (TrainingSession session = TrainingSession.start(spec(60), tokens, backend)) {
        double before = session.evaluate();
        while (!session.finished()) {
          session.step();
        }
        assertThat(session.evaluate()).isLessThan(before - 1);
        session.writeCheckpoint(folder.resolve("trained"));
      }
      int[] text = new int[100];
      tokens.heldout().read(0, text, 0, text.length);
      try (CausalLm lm = CausalLm.load(folder.resolve("trained"), LoadOptions.threads(1));
          SequenceState state = lm.newState()) {
        assertThat(lm.config()).isEqualTo(TOY);
        double mean = Arrays.stream(lm.negativeLogLikelihood(text)).average().orElseThrow();
        assertThat(mean).isLessThan(Math.log(TinyTokens.VOCABULARY) - 1);
        Logits every = new Logits(text.length, TOY.vocabSize());
        Logits one = new Logits(1, TOY.vocabSize());
        lm.prefillAll(state, text, 0, text.length, every);
        state.reset();
        lm.prefill(state, text, 0, 80, one);
        assertThat(state.position()).isEqualTo(80);
        for (int at = 80; at < text.length; at++) {
          lm.decode(List.of(state), new int[] {text[at]}, one);
          for (int token = 0; token < TOY.vocabSize(); token++) {
            assertThat(one.get(0, token)).isCloseTo(every.get(at, token), within(1e-4f));
          }
        }
      }
    }
  }

  @Test
  void goesOnFromACheckpointAsIfItHadNeverStopped() throws IOException {
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"));
        Backend backend = CpuBackend.open(1, false)) {
      Path half = train(tokens, backend, folder.resolve("half"), 5);
      Path whole = train(tokens, backend, folder.resolve("whole"), 10);
      try (TrainingSession session = TrainingSession.resume(half, spec(10), tokens, backend)) {
        while (!session.finished()) {
          session.step();
        }
        session.writeCheckpoint(folder.resolve("again"));
      }

      assertThat(folder.resolve("again/model.safetensors"))
          .hasSameBinaryContentAs(whole.resolve("model.safetensors"));
    }
  }

  @Test
  void itsFilesAreItsOwn() throws IOException {
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"));
        Backend backend = CpuBackend.open(1, false)) {
      train(tokens, backend, folder.resolve("files"), 1);
    }
    CheckpointFolder files = new CheckpointFolder(folder.resolve("files"));
    try (ModelWeights weights = ModelFamilies.weights(files.path())) {
      assertThat(weights.tensors()).isEqualTo(TOY.tensors());
    }
    var config = JsonMapper.shared().readTree(Files.readString(files.config()));
    assertThat(config.path("model_type").asString()).isEqualTo("toy");
    assertThat(config.path("architectures").path(0).asString()).isEqualTo("ToyForCausalLM");

    // What another family allows beside its tensors means nothing here.
    List<SafetensorsWriter.Source> tensors = new ArrayList<>();
    try (Safetensors written = Safetensors.open(files.model())) {
      for (String name : written.tensors().keySet()) {
        MemorySegment numbers = MemorySegment.ofArray(written.floats(name));
        tensors.add(SafetensorsWriter.Source.floats(name, written.info(name).shape(), numbers));
      }
    }
    MemorySegment head = MemorySegment.ofArray(new float[1]);
    tensors.add(SafetensorsWriter.Source.floats("lm_head.weight", List.of(1L), head));
    SafetensorsWriter.write(files.model(), tensors, Map.of());
    assertThatThrownBy(() -> ModelFamilies.weights(files.path()))
        .hasMessageContaining("does not know: [lm_head.weight]");
  }

  @Test
  void saysHowItCanBeDivided() {
    TrainingShape shape = TrainingShape.of(4, 32);

    assertThat(Footprint.of(TOY, shape, ElementType.F32, 1).parameters())
        .isEqualTo(Float.BYTES * TOY.parameterCount());
    assertThatThrownBy(() -> Footprint.of(TOY, shape, ElementType.F32, 2))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("hidden_size is not split among ranks");
  }
}
