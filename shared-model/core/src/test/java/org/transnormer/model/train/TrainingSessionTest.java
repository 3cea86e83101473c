package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TrainingSessionTest {

  @TempDir static Path folder;

  @BeforeAll
  static void writeTokens() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 60);
  }

  @Test
  void learnsAndItsCheckpointServes() throws IOException {
    TrainingSpec spec = spec(60, 3e-3);
    try (TokenSet tokens = tokens();
        Backend backend = CpuBackend.open(2, false);
        TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
      double before = session.evaluate();
      List<StepReport> reports = run(session);

      assertThat(before).isCloseTo(Math.log(300), within(0.2));
      assertThat(session.finished()).isTrue();
      assertThat(session.evaluate()).isLessThan(before - 2);
      assertThat(reports.getFirst().loss()).isCloseTo(before, within(0.2));
      assertThat(reports).allSatisfy(r -> assertThat(r.tokens()).isEqualTo(4 * 48));
      session.writeCheckpoint(folder.resolve("served"));

      int[] text = new int[49];
      tokens.heldout().read(0, text, 0, 49);
      try (CausalLm lm = CausalLm.load(folder.resolve("served"), LoadOptions.threads(1))) {
        double sum = 0;
        for (double nats : lm.negativeLogLikelihood(text)) {
          sum += nats;
        }
        TrainingSpec firstWindow = spec.withEvaluation(new EvalSpec(0, 48));
        try (TrainingSession again =
            TrainingSession.resume(folder.resolve("served"), firstWindow, tokens, backend)) {
          assertThat(sum / 48).isCloseTo(again.evaluate(), within(1e-5));
        }
      }
    }
  }

  @Test
  void aResumedRunIsTheUninterruptedOneBitForBit() throws IOException {
    TrainingSpec spec = spec(24, 3e-3);
    try (TokenSet tokens = tokens();
        Backend backend = CpuBackend.open(2, false)) {
      List<StepReport> straight;
      try (TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
        straight = run(session);
        session.writeCheckpoint(folder.resolve("straight"));
      }
      List<StepReport> broken = new ArrayList<>();
      try (TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
        for (int i = 0; i < 11; i++) {
          broken.add(session.step());
        }
        session.writeCheckpoint(folder.resolve("half"));
      }
      try (Backend other = CpuBackend.open(1, false);
          TrainingSession session =
              TrainingSession.resume(folder.resolve("half"), spec, tokens, other)) {
        assertThat(session.stepsDone()).isEqualTo(11);
        broken.addAll(run(session));
        session.writeCheckpoint(folder.resolve("resumed"));
      }

      assertThat(broken).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(straight);
      for (String file :
          List.of("model.safetensors", "optimizer.safetensors", "training-state.json")) {
        assertThat(folder.resolve("resumed").resolve(file))
            .hasSameBinaryContentAs(folder.resolve("straight").resolve(file));
      }
    }
  }

  @Test
  void theNumberOfThreadsDoesNotChangeABit() throws IOException {
    TrainingSpec spec = spec(6, 3e-3);
    try (TokenSet tokens = tokens()) {
      for (int threads : new int[] {1, 2, 3}) {
        try (Backend backend = CpuBackend.open(threads, false);
            TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
          run(session);
          session.writeCheckpoint(folder.resolve("threads-" + threads));
        }
      }
      for (int threads : new int[] {2, 3}) {
        assertThat(folder.resolve("threads-" + threads).resolve("model.safetensors"))
            .hasSameBinaryContentAs(folder.resolve("threads-1").resolve("model.safetensors"));
      }
    }
  }

  @Test
  void stopsWithAReasonWhenNumbersLeaveTheirRange() throws IOException {
    try (TokenSet tokens = tokens();
        Backend backend = CpuBackend.open(2, false);
        TrainingSession session = TrainingSession.start(spec(50, 1e20), tokens, backend)) {
      assertThatThrownBy(() -> run(session))
          .isInstanceOfSatisfying(
              DivergedException.class,
              e -> {
                assertThat(e.step()).isBetween(2L, 50L);
                assertThat(e.reason()).matches("the (loss|gradient norm) is .*|the mean loss.*");
              });
    }
  }

  @Test
  void refusesToGoOnAsAnotherRun() throws IOException {
    TrainingSpec spec = spec(3, 1e-3);
    try (TokenSet tokens = tokens();
        Backend backend = CpuBackend.open(1, false)) {
      try (TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
        session.writeCheckpoint(folder.resolve("other"));
      }
      TrainingSpec batch = spec.withBatch(new BatchSpec(2, 48));
      assertThatThrownBy(
              () -> TrainingSession.resume(folder.resolve("other"), batch, tokens, backend))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining("batch");
      Files.delete(folder.resolve("other").resolve("optimizer.safetensors"));
      assertThatThrownBy(
              () -> TrainingSession.resume(folder.resolve("other"), spec, tokens, backend))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("optimizer.safetensors");
    }
  }

  @Test
  void goesOnOnTheSameDataAloneUnlessAnOldStateDoesNotKnowThem() throws IOException {
    TrainingSpec spec = spec(3, 1e-3);
    Path checkpoint = folder.resolve("data");
    TinyTokens.write(folder.resolve("other-tokens"), 66);
    try (TokenSet tokens = tokens();
        TokenSet others = TokenSet.open(folder.resolve("other-tokens"));
        Backend backend = CpuBackend.open(1, false)) {
      try (TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
        session.writeCheckpoint(checkpoint);
      }
      assertThatThrownBy(() -> TrainingSession.resume(checkpoint, spec, others, backend))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining("data is not the checkpoint's")
          .hasMessageContaining(others.digest());

      Path state = checkpoint.resolve("training-state.json");
      ObjectNode old = (ObjectNode) JsonMapper.shared().readTree(Files.readString(state));
      old.remove("tokenSets");
      Files.writeString(state, old.toString());
      TrainingSession.resume(checkpoint, spec, others, backend).close();
    }
  }

  @Test
  void thePlanNamesEveryTensorBeforeAnythingIsTaken() {
    try (Backend backend = CpuBackend.open(1, false)) {
      String plan = TrainingSession.plan(spec(3, 1e-3), backend).toString();

      assertThat(plan).contains("parameters", "second moments", "layers.1.glu.g", "head.logits");
    }
  }

  private static List<StepReport> run(TrainingSession session) {
    List<StepReport> reports = new ArrayList<>();
    while (!session.finished()) {
      reports.add(session.step());
    }
    return reports;
  }

  private static TokenSet tokens() throws IOException {
    return TokenSet.open(folder.resolve("tokens"));
  }

  private static TrainingSpec spec(long steps, double learningRate) {
    return new TrainingSpec(
        TnlConfig.of(300, 32, 2, 2, 64, 0),
        OptimizerSpec.adamW(learningRate, Schedule.COSINE, 5),
        new BatchSpec(4, 48),
        steps,
        5,
        new EvalSpec(10, 480),
        new CheckpointSpec(0, 0));
  }
}
