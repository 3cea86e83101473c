package org.transnormer.model.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.parallel.Ranks;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.tensor.ElementType;
import org.transnormer.model.train.BatchSpec;
import org.transnormer.model.train.CheckpointSpec;
import org.transnormer.model.train.EvalSpec;
import org.transnormer.model.train.OptimizerSpec;
import org.transnormer.model.train.Schedule;
import org.transnormer.model.train.StepReport;
import org.transnormer.model.train.TinyTokens;
import org.transnormer.model.train.TrainingSession;
import org.transnormer.model.train.TrainingSpec;

/**
 * Ranks with a GPU and NCCL each, emulated, train as one GPU does: with work that is recorded from
 * the third step on, and gradients added up beside it.
 */
class NcclTrainingTest {

  private static final int STEPS = 4;

  private static final TrainingSpec SPEC =
      new TrainingSpec(
          TnlConfig.of(TinyTokens.VOCABULARY, 32, 2, 2, 64, 0),
          OptimizerSpec.adamW(3e-3, Schedule.COSINE, 2),
          new BatchSpec(4, 32),
          STEPS,
          5,
          new EvalSpec(0, 480),
          new CheckpointSpec(0, 0));

  @TempDir static Path folder;

  private static List<StepReport> alone;
  private static ElementType compute = ElementType.F32;

  @BeforeAll
  static void trainAlone() throws IOException {
    TinyTokens.write(folder.resolve("tokens"), 12);
    alone = train("alone", 1, 1, 1, Sharding.NONE, STEPS, null);
  }

  @AfterEach
  void lateAgain() {
    NcclRanks.exchangeEarly(false);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1, NONE, true",
    "4, 1, 1, OPTIMIZER, false",
    "2, 2, 1, NONE, false",
    "4, 2, 2, NONE, true",
    "4, 1, 2, OPTIMIZER, false",
    "2, 1, 1, EVERYTHING, true",
    "4, 2, 1, EVERYTHING, false"
  })
  void ranksTrainAsOneDoesHoweverTheyDivideTheWork(
      int ranks, int sequence, int tensor, Sharding sharding, boolean early) throws IOException {
    NcclRanks.exchangeEarly(early);

    List<StepReport> first = train("first", ranks, sequence, tensor, sharding, STEPS, null);
    List<StepReport> second = train("second", ranks, sequence, tensor, sharding, STEPS, null);

    assertThat(second).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(first);
    assertThat(folder.resolve("second/model.safetensors"))
        .hasSameBinaryContentAs(folder.resolve("first/model.safetensors"));
    assertLikeOne(first, 0);
  }

  @Test
  void aCheckpointOfTwoRanksGoesOnOnOneAndOnFour() throws IOException {
    train("two", 2, 1, 1, Sharding.OPTIMIZER, 2, null);

    assertLikeOne(train("one", 1, 1, 1, Sharding.NONE, STEPS, "two"), 2);
    assertLikeOne(train("four", 4, 1, 1, Sharding.EVERYTHING, STEPS, "two"), 2);
  }

  /** Ranks hand each other rounded parameters, and bring the exact ones together for files. */
  @ParameterizedTest
  @EnumSource(names = {"OPTIMIZER", "EVERYTHING"})
  void sharingChangesNoBitWhereParametersAreRounded(Sharding sharding) throws IOException {
    compute = ElementType.BF16;
    try {
      List<StepReport> each = train("each", 2, 1, 1, Sharding.NONE, STEPS, null);
      List<StepReport> shared = train("shared", 2, 1, 1, sharding, STEPS, null);

      assertThat(shared).usingRecursiveComparison().ignoringFields("seconds").isEqualTo(each);
      for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
        assertThat(folder.resolve("shared").resolve(file))
            .hasSameBinaryContentAs(folder.resolve("each").resolve(file));
      }
    } finally {
      compute = ElementType.F32;
    }
  }

  private static void assertLikeOne(List<StepReport> reports, int from) {
    assertThat(reports).hasSize(STEPS - from);
    for (int i = 0; i < reports.size(); i++) {
      StepReport one = alone.get(from + i);
      assertThat(reports.get(i).loss()).isCloseTo(one.loss(), within(2e-5));
      assertThat(reports.get(i).gradNorm())
          .isCloseTo(one.gradNorm(), within(1e-4 * one.gradNorm()));
    }
  }

  private static List<StepReport> train(
      String name,
      int ranks,
      int sequence,
      int tensor,
      Sharding sharding,
      int steps,
      @Nullable String from)
      throws IOException {
    List<StepReport> reports = Collections.synchronizedList(new ArrayList<>());
    try (TokenSet tokens = TokenSet.open(folder.resolve("tokens"))) {
      NcclRanks.run(
          ranks,
          compute,
          (group, backend) -> {
            Ranks us = Ranks.of(group, sequence, tensor, sharding);
            List<TokenSet> sets = List.of(tokens);
            try (TrainingSession session =
                from == null
                    ? TrainingSession.start(SPEC, sets, backend, us)
                    : TrainingSession.resume(folder.resolve(from), SPEC, sets, backend, us)) {
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
}
