package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.parallel.InProcess;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;

/** Several ranks train as one does, whatever they share. */
class RanksTest {

  private static final int STEPS = 8;

  @TempDir static Path folder;

  private static List<StepReport> alone;

  @BeforeAll
  static void trainAlone() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 60);
    alone = train("alone", 1, Sharding.NONE, STEPS, null);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void ranksThatShareTheBatchTrainAsOneDoes(int ranks) throws IOException {
    List<StepReport> together = train("data-" + ranks, ranks, Sharding.NONE, STEPS, null);

    assertThat(together).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      StepReport one = alone.get(i);
      assertThat(together.get(i).loss()).isCloseTo(one.loss(), within(2e-5));
      assertThat(together.get(i).gradNorm())
          .isCloseTo(one.gradNorm(), within(1e-4 * one.gradNorm()));
      assertThat(together.get(i).tokens()).isEqualTo(one.tokens());
    }
    assertThat(distance("alone", "data-" + ranks)).isLessThan(2e-4);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void sharingTheOptimizerChangesNoBit(int ranks) throws IOException {
    List<StepReport> each = train("each-" + ranks, ranks, Sharding.NONE, STEPS, null);
    List<StepReport> shared = train("shared-" + ranks, ranks, Sharding.OPTIMIZER, STEPS, null);

    assertThat(shared).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(each);
    assertSameFiles("shared-" + ranks, "each-" + ranks);
  }

  @Test
  void eachRankPlansItsShareOfTheMoments() {
    List<Long> bytes = Collections.synchronizedList(new ArrayList<>());
    InProcess.run(
        4,
        _ -> CpuBackend.open(1, false),
        (group, backend) ->
            bytes.add(
                TrainingSession.plan(spec(STEPS), backend, new Ranks(group, Sharding.OPTIMIZER))
                    .bytes()));
    try (Backend backend = CpuBackend.open(1, false)) {
      long parameters = spec(STEPS).model().parameterCount();
      long whole = TrainingSession.plan(spec(STEPS), backend).bytes();
      assertThat(bytes).allSatisfy(b -> assertThat(b).isLessThan(whole - 5 * parameters));
    }
  }

  /** Four ranks with a shared optimizer, then three, then one: the same as four all the way. */
  @Test
  void aCheckpointGoesOnWithAnotherNumberOfRanks() throws IOException {
    train("four", 4, Sharding.OPTIMIZER, STEPS, null);
    train("first", 4, Sharding.OPTIMIZER, 3, null);
    train("second", 4, Sharding.NONE, 6, "first");
    train("third", 4, Sharding.OPTIMIZER, STEPS, "second");
    assertSameFiles("third", "four");

    List<StepReport> three = train("three", 3, Sharding.OPTIMIZER, STEPS, "first");
    List<StepReport> one = train("one", 1, Sharding.NONE, STEPS, "first");
    for (int i = 0; i < STEPS - 3; i++) {
      assertThat(three.get(i).loss()).isCloseTo(alone.get(i + 3).loss(), within(2e-5));
      assertThat(one.get(i).loss()).isCloseTo(alone.get(i + 3).loss(), within(2e-5));
    }
    assertThat(distance("one", "three")).isLessThan(2e-4);
  }

  private static List<StepReport> train(
      String name,
      int ranks,
      Sharding sharding,
      long steps,
      @org.jspecify.annotations.Nullable String from)
      throws IOException {
    List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"))) {
      InProcess.run(
          ranks,
          _ -> CpuBackend.open(1, false),
          (group, backend) -> {
            Ranks us = new Ranks(group, sharding);
            List<TokenSet> sets = List.of(tokens);
            try (TrainingSession session =
                from == null
                    ? TrainingSession.start(spec(STEPS), sets, backend, us)
                    : TrainingSession.resume(
                        folder.resolve(from), spec(STEPS), sets, backend, us)) {
              while (session.stepsDone() < steps) {
                StepReport report = session.step();
                if (us.writes()) {
                  reports.add(report);
                }
              }
              session.writeCheckpoint(folder.resolve(name));
            }
          });
    }
    return reports;
  }

  private static void assertSameFiles(String one, String other) {
    for (String file :
        List.of("model.safetensors", "optimizer.safetensors", "training-state.json")) {
      assertThat(folder.resolve(one).resolve(file))
          .hasSameBinaryContentAs(folder.resolve(other).resolve(file));
    }
  }

  private static double distance(String one, String other) throws IOException {
    double worst = 0;
    try (Safetensors a = Safetensors.open(folder.resolve(one).resolve("model.safetensors"));
        Safetensors b = Safetensors.open(folder.resolve(other).resolve("model.safetensors"))) {
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

  private static TrainingSpec spec(long steps) {
    return new TrainingSpec(
        TnlConfig.of(TinyTokens.VOCABULARY, 32, 2, 2, 64, 0),
        OptimizerSpec.adamW(3e-3, Schedule.COSINE, 5),
        new BatchSpec(8, 48),
        steps,
        5,
        new EvalSpec(0, 480),
        new CheckpointSpec(0, 0));
  }
}
