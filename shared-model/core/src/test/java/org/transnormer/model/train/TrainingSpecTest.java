package org.transnormer.model.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.TnlConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TrainingSpecTest {

  private static final TrainingSpec SPEC =
      new TrainingSpec(
          TnlConfig.of(300, 32, 2, 2, 64, 0),
          OptimizerSpec.adamW(3e-3, Schedule.LINEAR, 10),
          new BatchSpec(4, 48),
          100,
          5,
          new EvalSpec(10, 480),
          new CheckpointSpec(20, 3));

  @Test
  void jsonIsReadBackToAnEqualSpecification() {
    assertThat(TrainingSpec.parse(SPEC.toJson())).isEqualTo(SPEC);
  }

  @Test
  void whatIsLeftOutHasADefault() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.set("model", SPEC.model().toJson());
    json.put("steps", 7);

    TrainingSpec spec = TrainingSpec.parse(json);

    assertThat(spec.optimizer().beta2()).isEqualTo(0.95);
    assertThat(spec.evaluation().everySteps()).isZero();
  }

  @Test
  void everyFaultIsNamed() {
    ObjectNode json = SPEC.toJson();
    json.put("stepz", 1);
    assertThatThrownBy(() -> TrainingSpec.parse(json)).hasMessageContaining("stepz");

    ObjectNode rates = SPEC.toJson();
    rates.putObject("optimizer").put("learningRate", -1).put("beta1", 2).put("schedule", "cosine");
    assertThatThrownBy(() -> TrainingSpec.parse(rates))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("optimizer.learningRate")
        .hasMessageContaining("optimizer.beta1");

    ObjectNode schedule = SPEC.toJson();
    schedule.putObject("optimizer").put("schedule", "sudden");
    assertThatThrownBy(() -> TrainingSpec.parse(schedule)).hasMessageContaining("constant");

    ObjectNode model = SPEC.toJson();
    model.remove("model");
    assertThatThrownBy(() -> TrainingSpec.parse(model)).hasMessageContaining("model");
  }

  @Test
  void theRateRisesAndThenFallsToItsFloor() {
    OptimizerSpec cosine = new OptimizerSpec(1, Schedule.COSINE, 10, 0.1, 0.1, 0.9, 0.95, 1e-8, 1);
    OptimizerSpec linear = new OptimizerSpec(1, Schedule.LINEAR, 10, 0, 0.1, 0.9, 0.95, 1e-8, 1);
    OptimizerSpec constant =
        new OptimizerSpec(1, Schedule.CONSTANT, 0, 0.5, 0.1, 0.9, 0.95, 1e-8, 1);

    assertThat(cosine.learningRate(1, 110)).isCloseTo(0.1, within(1e-12));
    assertThat(cosine.learningRate(10, 110)).isEqualTo(1);
    assertThat(cosine.learningRate(60, 110)).isCloseTo(0.55, within(1e-12));
    assertThat(cosine.learningRate(110, 110)).isCloseTo(0.1, within(1e-12));
    assertThat(cosine.learningRate(500, 110)).isCloseTo(0.1, within(1e-12));
    assertThat(linear.learningRate(35, 110)).isCloseTo(0.75, within(1e-12));
    assertThat(constant.learningRate(1, 110)).isEqualTo(1);
    assertThat(constant.learningRate(110, 110)).isEqualTo(1);
  }

  @Test
  void everyOptionIsReadBack() {
    TrainingSpec spec =
        SPEC.withBatch(new BatchSpec(8, 64, 2, true))
            .withObjective(new ObjectiveSpec(1e-4, true, List.of(0, 3)))
            .withMixture(List.of(0.25, 0.75));

    assertThat(TrainingSpec.parse(spec.toJson())).isEqualTo(spec);
    ObjectNode json = spec.toJson();
    json.putArray("mixture").add(-1);
    json.putObject("objective").put("zLoss", -1).put("isolateDocuments", "yes");
    assertThatThrownBy(() -> TrainingSpec.parse(json))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("objective");
  }

  @Test
  void thePublishedSchedulesHaveTheirShapes() {
    OptimizerSpec root =
        new OptimizerSpec(
            5e-4, Schedule.INVERSE_SQRT, 8000, 0, 0.01, 0.9, 0.98, 1e-8, 0, 1e-7 / 5e-4, 1);
    OptimizerSpec square =
        new OptimizerSpec(1, Schedule.POLYNOMIAL, 0, 0, 0.01, 0.9, 0.98, 1e-6, 0, 0, 2);

    assertThat(root.learningRate(8000, 100_000)).isCloseTo(5e-4, within(1e-12));
    assertThat(root.learningRate(32_000, 100_000)).isCloseTo(2.5e-4, within(1e-12));
    assertThat(root.learningRate(4000, 100_000)).isCloseTo(1e-7 + (5e-4 - 1e-7) / 2, within(1e-12));
    assertThat(root.learningRate(32_000, 1_000_000)).isEqualTo(root.learningRate(32_000, 40_000));
    assertThat(square.learningRate(50, 100)).isCloseTo(0.25, within(1e-12));
    assertThat(square.learningRate(100, 100)).isZero();
  }
}
