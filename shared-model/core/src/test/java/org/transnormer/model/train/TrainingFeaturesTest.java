package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.Batch;
import org.transnormer.model.data.BatchDocument;
import org.transnormer.model.data.BatchSampler;
import org.transnormer.model.data.DataCursor;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.lm.TokenBatch;
import org.transnormer.model.parallel.Ranks;

/** Accumulation, recomputation, masks, mixtures: what each changes, and what it must not. */
class TrainingFeaturesTest {

  private static final String MODEL = "model.safetensors";

  @TempDir static Path folder;

  @BeforeAll
  static void writeTokens() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 60);
    TinyTokens.write(folder.resolve("others"), 60, 90);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void microBatchesAddUpToTheWholeBatch(int micro) throws IOException {
    List<StepReport> whole = train("whole", spec(8).withBatch(new BatchSpec(5, 48)));
    BatchSpec cut = new BatchSpec(5, 48, micro, false);
    List<StepReport> parts = train("micro-" + micro, spec(8).withBatch(cut));
    train("again-" + micro, spec(8).withBatch(cut));

    for (int i = 0; i < whole.size(); i++) {
      assertThat(parts.get(i).loss()).isCloseTo(whole.get(i).loss(), within(2e-5));
      assertThat(parts.get(i).gradNorm())
          .isCloseTo(whole.get(i).gradNorm(), within(1e-4 * whole.get(i).gradNorm()));
      assertThat(parts.get(i).tokens()).isEqualTo(5 * 48);
    }
    assertThat(distance("whole", "micro-" + micro)).isLessThan(2e-4);
    assertThat(folder.resolve("again-" + micro).resolve(MODEL))
        .hasSameBinaryContentAs(folder.resolve("micro-" + micro).resolve(MODEL));
  }

  @Test
  void activationsThatAreComputedAgainChangeNoBitAndTakeLess() throws IOException {
    TrainingSpec kept = spec(6);
    TrainingSpec recomputed = spec(6).withBatch(new BatchSpec(4, 48, 0, true));

    List<StepReport> one = train("kept", kept);
    List<StepReport> two = train("recomputed", recomputed);

    assertThat(two).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(one);
    assertThat(folder.resolve("recomputed").resolve(MODEL))
        .hasSameBinaryContentAs(folder.resolve("kept").resolve(MODEL));
    try (Backend backend = CpuBackend.open(1, false)) {
      assertThat(TrainingSession.plan(recomputed, backend).bytes())
          .isLessThan(TrainingSession.plan(kept, backend).bytes());
    }
    try (TokenSet tokens = tokens("tokens");
        Backend backend = CpuBackend.open(1, false);
        TrainingSession session =
            TrainingSession.resume(folder.resolve("kept"), recomputed, tokens, backend)) {
      assertThat(session.finished()).isTrue();
    }
  }

  @Test
  void zLossMovesTheGradientAndNotTheReportedLoss() throws IOException {
    List<StepReport> plain = train("plain", spec(1));
    List<StepReport> with =
        train("z", spec(1).withObjective(new ObjectiveSpec(1e-2, false, List.of())));

    assertThat(with.getFirst().loss()).isEqualTo(plain.getFirst().loss());
    assertThat(with.getFirst().gradNorm()).isNotEqualTo(plain.getFirst().gradNorm());
    assertThat(spec(1).objective().zLoss()).isZero();
  }

  @Test
  void documentsThatShareARowAreToldApart() throws IOException {
    try (TokenSet tokens = tokens("tokens")) {
      BatchSampler sampler = new BatchSampler(tokens, 400, 3);
      Batch batch = sampler.batch(DataCursor.START, 6);
      TokenBatch isolated = new ObjectiveSpec(0, true, List.of()).of(batch);
      int eos = tokens.header().eosToken();
      int boundaries = 0;

      for (BatchDocument document : sampler.documents(DataCursor.START, 6)) {
        for (int i = document.from(); i < document.to(); i++) {
          int at = document.row() * 400 + i;
          assertThat(batch.starts()[at]).isEqualTo(document.from());
          boolean last = batch.inputs()[at] == eos;
          assertThat(batch.endsDocument(at)).isEqualTo(last);
          assertThat(isolated.targets()[at]).isEqualTo(last ? Loss.IGNORE : batch.targets()[at]);
          boundaries += last ? 1 : 0;
        }
      }
      assertThat(boundaries).isPositive();
      assertThat(isolated.counting()).isEqualTo(6 * 400 - boundaries);
      assertThat(isolated.starts()).isEqualTo(batch.starts());
      assertThat(ObjectiveSpec.PLAIN.of(batch).starts()).isNull();
    }
  }

  @Test
  void tokensThatAreIgnoredAreNoTargets() throws IOException {
    try (TokenSet tokens = tokens("tokens")) {
      Batch batch = new BatchSampler(tokens, 64, 3).batch(DataCursor.START, 2);
      int masked = batch.targets()[7];

      int[] targets = new ObjectiveSpec(0, false, List.of(masked)).of(batch).targets();

      for (int i = 0; i < targets.length; i++) {
        int target = batch.targets()[i];
        assertThat(targets[i]).isEqualTo(target == masked ? Loss.IGNORE : target);
      }
    }
    List<StepReport> run =
        train("masked", spec(3).withObjective(new ObjectiveSpec(0, true, List.of(5, 6, 7))));
    assertThat(run).allSatisfy(r -> assertThat(r.tokens()).isBetween(1L, 4L * 48 - 1));
  }

  @Test
  void aMixtureResumesBitForBit() throws IOException {
    TrainingSpec spec = spec(10).withMixture(List.of(0.7, 0.3));
    try (TokenSet one = tokens("tokens");
        TokenSet two = tokens("others");
        Backend backend = CpuBackend.open(2, false)) {
      List<TokenSet> sets = List.of(one, two);
      try (TrainingSession session = TrainingSession.start(spec, sets, backend, Ranks.alone())) {
        steps(session, 10);
        session.writeCheckpoint(folder.resolve("mixed"));
      }
      try (TrainingSession session = TrainingSession.start(spec, sets, backend, Ranks.alone())) {
        steps(session, 4);
        session.writeCheckpoint(folder.resolve("mixed-half"));
      }
      try (TrainingSession session =
          TrainingSession.resume(
              folder.resolve("mixed-half"), spec, sets, backend, Ranks.alone())) {
        steps(session, 6);
        assertThat(session.evaluate()).isPositive();
        session.writeCheckpoint(folder.resolve("mixed-resumed"));
      }
      assertThat(folder.resolve("mixed-resumed").resolve(MODEL))
          .hasSameBinaryContentAs(folder.resolve("mixed").resolve(MODEL));
      assertThatThrownBy(() -> TrainingSession.start(spec, one, backend))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining("2 token sets");
      TrainingSpec other = spec.withMixture(List.of(0.5, 0.5));
      Path half = folder.resolve("mixed-half");
      assertThatThrownBy(() -> TrainingSession.resume(half, other, sets, backend, Ranks.alone()))
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining("mixture");
    }
  }

  private static List<StepReport> train(String name, TrainingSpec spec) throws IOException {
    try (TokenSet tokens = tokens("tokens");
        Backend backend = CpuBackend.open(2, false);
        TrainingSession session = TrainingSession.start(spec, tokens, backend)) {
      List<StepReport> reports = steps(session, (int) spec.steps());
      session.writeCheckpoint(folder.resolve(name));
      return reports;
    }
  }

  private static List<StepReport> steps(TrainingSession session, int count) {
    List<StepReport> reports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      reports.add(session.step());
    }
    return reports;
  }

  /** The largest difference between two checkpoints' weights. */
  private static double distance(String one, String other) throws IOException {
    double worst = 0;
    try (Safetensors a = Safetensors.open(folder.resolve(one).resolve(MODEL));
        Safetensors b = Safetensors.open(folder.resolve(other).resolve(MODEL))) {
      for (String name : a.tensors().keySet()) {
        float[] x = a.floats(name);
        float[] y = b.floats(name);
        for (int i = 0; i < x.length; i++) {
          worst = Math.max(worst, Math.abs((double) x[i] - y[i]));
        }
      }
    }
    return worst;
  }

  private static TokenSet tokens(String name) throws IOException {
    return TokenSet.open(folder.resolve(name));
  }

  private static TrainingSpec spec(long steps) {
    return new TrainingSpec(
        TnlConfig.of(TinyTokens.VOCABULARY, 32, 2, 2, 64, 0),
        OptimizerSpec.adamW(3e-3, Schedule.COSINE, 5),
        new BatchSpec(4, 48),
        steps,
        5,
        new EvalSpec(0, 480),
        new CheckpointSpec(0, 0));
  }
}
