package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.backend.Backend;
import org.transnormer.model.backend.cpu.CpuBackend;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.lm.ParameterMemory;
import org.transnormer.model.parallel.InProcess;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.tensor.MemoryPlan;

/** Several ranks train as one does, whatever they share. */
class RanksTest {

  private static final int STEPS = 8;

  /** How many ranks split a sequence, and how many a layer. */
  private record Way(int ranks, Sharding sharding, int sequence, int tensor) {
    Way(int ranks, Sharding sharding) {
      this(ranks, sharding, 1, 1);
    }
  }

  @TempDir static Path folder;

  private static List<StepReport> alone;
  private static List<StepReport> aloneGated;

  @BeforeAll
  static void trainAlone() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 60);
    alone = train("alone", new Way(1, Sharding.NONE), STEPS, null);
    aloneGated = train("alone-gated", new Way(1, Sharding.NONE), GATED, STEPS, null);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 8})
  void ranksThatShareTheBatchTrainAsOneDoes(int ranks) throws IOException {
    List<StepReport> together = train("data-" + ranks, new Way(ranks, Sharding.NONE), STEPS, null);

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
    List<StepReport> each = train("each-" + ranks, new Way(ranks, Sharding.NONE), STEPS, null);
    List<StepReport> shared =
        train("shared-" + ranks, new Way(ranks, Sharding.OPTIMIZER), STEPS, null);

    assertThat(shared).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(each);
    assertSameFiles("shared-" + ranks, "each-" + ranks);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void sharingEverythingChangesNoBit(int ranks) throws IOException {
    List<StepReport> each = train("held-" + ranks, new Way(ranks, Sharding.NONE), STEPS, null);
    List<StepReport> shared =
        train("cut-" + ranks, new Way(ranks, Sharding.EVERYTHING), STEPS, null);

    assertThat(shared).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(each);
    assertSameFiles("cut-" + ranks, "held-" + ranks);
  }

  @Test
  void eachRankPlansItsShareOfEverything() {
    List<Long> bytes = Collections.synchronizedList(new ArrayList<>());
    TnlConfig deep = TnlConfig.of(TinyTokens.VOCABULARY, 32, 24, 4, 64, 0);
    long block = deep.parameterCount() / 24;
    InProcess.run(
        4,
        _ -> CpuBackend.open(1, false),
        (group, backend) -> {
          MemoryPlan plan = new MemoryPlan("parameters");
          ParameterMemory.plan(
              plan,
              ModelFamilies.of(deep).layout(1),
              backend.compute(),
              new Ranks(group, Sharding.EVERYTHING));
          bytes.add(plan.bytes());
        });
    // A quarter of parameters and gradients, three blocks of each at work.
    assertThat(bytes)
        .allSatisfy(b ->
            assertThat(b).isLessThan(2 * Float.BYTES * (deep.parameterCount() / 4 + 4 * block)));
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

  /** First and third generation; every division of 2, 4 and 8 ranks that the model allows. */
  static Stream<Arguments> divisions() {
    return Stream.of(
        Arguments.of(false, new Way(2, Sharding.NONE, 2, 1)),
        Arguments.of(false, new Way(4, Sharding.NONE, 4, 1)),
        Arguments.of(false, new Way(8, Sharding.NONE, 8, 1)),
        Arguments.of(false, new Way(2, Sharding.NONE, 1, 2)),
        Arguments.of(false, new Way(4, Sharding.NONE, 1, 4)),
        Arguments.of(true, new Way(2, Sharding.NONE, 1, 2)),
        Arguments.of(true, new Way(4, Sharding.OPTIMIZER, 2, 1)),
        Arguments.of(true, new Way(4, Sharding.OPTIMIZER, 1, 2)),
        Arguments.of(false, new Way(8, Sharding.OPTIMIZER, 2, 2)),
        Arguments.of(true, new Way(8, Sharding.OPTIMIZER, 2, 4)),
        Arguments.of(true, new Way(4, Sharding.EVERYTHING)),
        Arguments.of(true, new Way(4, Sharding.EVERYTHING, 2, 1)),
        Arguments.of(true, new Way(4, Sharding.EVERYTHING, 1, 2)),
        Arguments.of(false, new Way(8, Sharding.EVERYTHING, 2, 2)));
  }

  @ParameterizedTest
  @MethodSource("divisions")
  void ranksThatSplitSequencesAndLayersTrainAsOneDoes(boolean gated, Way way) throws IOException {
    String name = "divided-%s-%s".formatted(gated, way).replaceAll("\\W+", "-");
    List<StepReport> expected = gated ? aloneGated : alone;

    List<StepReport> together = train(name, way, gated ? GATED : spec(STEPS), STEPS, null);

    for (int i = 0; i < STEPS; i++) {
      StepReport one = expected.get(i);
      assertThat(together.get(i).loss()).isCloseTo(one.loss(), within(3e-5));
      assertThat(together.get(i).gradNorm())
          .isCloseTo(one.gradNorm(), within(1e-4 * one.gradNorm()));
      assertThat(together.get(i).tokens()).isEqualTo(one.tokens());
    }
    assertThat(distance(gated ? "alone-gated" : "alone", name)).isLessThan(3e-4);
  }

  /**
   * What four ranks wrote that split everything, one rank goes on from, and the other way round.
   */
  @Test
  void aCheckpointDoesNotTellHowItsRanksDividedTheWork() throws IOException {
    train("split", new Way(4, Sharding.OPTIMIZER, 2, 2), GATED, 4, null);
    List<StepReport> one = train("joined", new Way(1, Sharding.NONE), GATED, STEPS, "split");
    train("whole", new Way(1, Sharding.NONE), GATED, 4, null);
    List<StepReport> four =
        train("divided", new Way(4, Sharding.NONE, 1, 4), GATED, STEPS, "whole");

    for (int i = 0; i < STEPS - 4; i++) {
      assertThat(one.get(i).loss()).isCloseTo(aloneGated.get(i + 4).loss(), within(3e-5));
      assertThat(four.get(i).loss()).isCloseTo(aloneGated.get(i + 4).loss(), within(3e-5));
    }
    assertThat(distance("joined", "alone-gated")).isLessThan(3e-4);
    assertThat(distance("divided", "alone-gated")).isLessThan(3e-4);
  }

  @Test
  void theHeldoutLossIsTheSameHoweverTheWorkIsDivided() throws IOException {
    List<Double> losses = Collections.synchronizedList(new ArrayList<>());
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"))) {
      for (Way way :
          List.of(
              new Way(1, Sharding.NONE),
              new Way(4, Sharding.OPTIMIZER, 2, 2),
              new Way(4, Sharding.EVERYTHING, 2, 1))) {
        InProcess.run(
            way.ranks,
            _ -> CpuBackend.open(1, false),
            (group, backend) -> {
              Ranks us = Ranks.of(group, way.sequence, way.tensor, way.sharding);
              try (TrainingSession session =
                  TrainingSession.resume(
                      folder.resolve("alone-gated"), GATED, List.of(tokens), backend, us)) {
                losses.add(session.evaluate());
              }
            });
      }
    }
    assertThat(losses)
        .hasSize(9)
        .allSatisfy(l -> assertThat(l).isCloseTo(losses.get(0), within(1e-5)));
  }

  @Test
  void refusesADivisionThatCannotBe() {
    assertThatThrownBy(() -> train("odd", new Way(3, Sharding.NONE, 1, 3), 1, null))
        .hasStackTraceContaining("must be a multiple of the 3 ranks that split every layer");
    TrainingSpec uneven = spec(new BatchSpec(3, 48, 1, false), STEPS);
    assertThatThrownBy(() -> train("odd", new Way(2, Sharding.EVERYTHING), uneven, 1, null))
        .hasStackTraceContaining("must give each of the 2 groups of ranks as many micro-batches");
    assertThatThrownBy(() -> train("odd", new Way(5, Sharding.NONE, 5, 1), 1, null))
        .hasStackTraceContaining("multiple of the 5 ranks");
    assertThatThrownBy(() -> train("odd", new Way(4, Sharding.NONE, 3, 1), 1, null))
        .hasStackTraceContaining("4 ranks cannot be divided");
  }

  /** Four ranks with a shared optimizer, then three, then one: the same as four all the way. */
  @Test
  void aCheckpointGoesOnWithAnotherNumberOfRanks() throws IOException {
    train("four", new Way(4, Sharding.OPTIMIZER), STEPS, null);
    train("first", new Way(4, Sharding.OPTIMIZER), 3, null);
    train("second", new Way(4, Sharding.NONE), 6, "first");
    train("third", new Way(4, Sharding.OPTIMIZER), STEPS, "second");
    assertSameFiles("third", "four");
    train("cut", new Way(4, Sharding.EVERYTHING), 6, "first");
    assertSameFiles("cut", "second");
    train("rejoined", new Way(4, Sharding.OPTIMIZER), STEPS, "cut");
    assertSameFiles("rejoined", "four");

    List<StepReport> three = train("three", new Way(3, Sharding.OPTIMIZER), STEPS, "first");
    List<StepReport> one = train("one", new Way(1, Sharding.NONE), STEPS, "first");
    for (int i = 0; i < STEPS - 3; i++) {
      assertThat(three.get(i).loss()).isCloseTo(alone.get(i + 3).loss(), within(2e-5));
      assertThat(one.get(i).loss()).isCloseTo(alone.get(i + 3).loss(), within(2e-5));
    }
    assertThat(distance("one", "three")).isLessThan(2e-4);
  }

  private static List<StepReport> train(String name, Way way, long steps, @Nullable String from)
      throws IOException {
    return train(name, way, spec(STEPS), steps, from);
  }

  private static List<StepReport> train(
      String name, Way way, TrainingSpec spec, long steps, @Nullable String from)
      throws IOException {
    List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"))) {
      InProcess.run(
          way.ranks,
          _ -> CpuBackend.open(1, false),
          (group, backend) -> {
            Ranks us = Ranks.of(group, way.sequence, way.tensor, way.sharding);
            List<TokenSet> sets = List.of(tokens);
            try (TrainingSession session =
                from == null
                    ? TrainingSession.start(spec, sets, backend, us)
                    : TrainingSession.resume(folder.resolve(from), spec, sets, backend, us)) {
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

  /** The third generation, cut into micro-batches, documents apart, activations recomputed. */
  private static final TrainingSpec GATED =
      new TrainingSpec(
          TnlConfig.of(TinyTokens.VOCABULARY, 32, 3, 4, 64, 0).withGate(4),
          OptimizerSpec.adamW(3e-3, Schedule.COSINE, 5),
          new BatchSpec(8, 144, 3, true),
          STEPS,
          5,
          new EvalSpec(0, 500),
          new CheckpointSpec(0, 0),
          new ObjectiveSpec(1e-4, true, List.of()),
          List.of());

  private static TrainingSpec spec(long steps) {
    return spec(new BatchSpec(8, 48), steps);
  }

  private static TrainingSpec spec(BatchSpec batch, long steps) {
    return new TrainingSpec(
        TnlConfig.of(TinyTokens.VOCABULARY, 32, 2, 4, 64, 0),
        OptimizerSpec.adamW(3e-3, Schedule.COSINE, 5),
        batch,
        steps,
        5,
        new EvalSpec(0, 480),
        new CheckpointSpec(0, 0));
  }
}
