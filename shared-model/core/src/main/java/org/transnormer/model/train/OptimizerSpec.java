package org.transnormer.model.train;

import java.util.Arrays;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * AdamW with decoupled weight decay, clipping by the global norm, and a learning rate schedule.
 *
 * @param learningRate the peak
 * @param warmupSteps steps of linear rise; step 1 already has 1 / warmupSteps of the peak
 * @param minLearningRateRatio the floor that the schedule ends at, as a share of the peak
 * @param weightDecay of matrices; positions' theta never decays
 * @param clip largest global gradient norm; 0 means no clipping
 * @param warmupStartRatio what warm-up rises from, as a share of the peak
 * @param decayPower of the polynomial schedule
 */
public record OptimizerSpec(
    double learningRate,
    Schedule schedule,
    long warmupSteps,
    double minLearningRateRatio,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double clip,
    double warmupStartRatio,
    double decayPower) {

  public OptimizerSpec {
    SpecFields check = new SpecFields();
    check.require("learningRate", SpecFields.positive(learningRate), "must be positive");
    check.require("warmupSteps", warmupSteps >= 0, "must not be negative");
    check.require(
        "minLearningRateRatio", SpecFields.share(minLearningRateRatio), "must be in [0, 1]");
    check.require("weightDecay", SpecFields.notNegative(weightDecay), "must not be negative");
    check.require("beta1", SpecFields.share(beta1) && beta1 < 1, "must be in [0, 1)");
    check.require("beta2", SpecFields.share(beta2) && beta2 < 1, "must be in [0, 1)");
    check.require("epsilon", SpecFields.positive(epsilon), "must be positive");
    check.require("clip", SpecFields.notNegative(clip), "must not be negative");
    check.require("warmupStartRatio", SpecFields.share(warmupStartRatio), "must be in [0, 1]");
    check.require("decayPower", SpecFields.positive(decayPower), "must be positive");
    check.done();
  }

  /** Warm-up from nothing, and a polynomial that is a straight line. */
  public OptimizerSpec(
      double learningRate,
      Schedule schedule,
      long warmupSteps,
      double minLearningRateRatio,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      double clip) {
    this(
        learningRate,
        schedule,
        warmupSteps,
        minLearningRateRatio,
        weightDecay,
        beta1,
        beta2,
        epsilon,
        clip,
        0,
        1);
  }

  /** The settings that the golden runs and large published runs share, at a peak rate. */
  public static OptimizerSpec adamW(double learningRate, Schedule schedule, long warmupSteps) {
    return new OptimizerSpec(learningRate, schedule, warmupSteps, 0.1, 0.1, 0.9, 0.95, 1e-8, 1.0);
  }

  /** Learning rate of a step; the first step is number 1. */
  public double learningRate(long step, long steps) {
    if (step <= warmupSteps) {
      double risen = warmupStartRatio + (1 - warmupStartRatio) * step / warmupSteps;
      return learningRate * risen;
    }
    double remaining = schedule.remaining(step, warmupSteps, steps, decayPower);
    return schedule == Schedule.INVERSE_SQRT
        ? learningRate * Math.max(minLearningRateRatio, remaining)
        : learningRate * (minLearningRateRatio + (1 - minLearningRateRatio) * remaining);
  }

  static OptimizerSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("optimizer", json);
    OptimizerSpec standard = adamW(1e-3, Schedule.COSINE, 0);
    String schedule = fields.text("schedule", standard.schedule.jsonName());
    fields.require(
        "schedule",
        Arrays.stream(Schedule.values()).anyMatch(s -> s.jsonName().equals(schedule)),
        "must be one of "
            + Arrays.stream(Schedule.values())
                .map(Schedule::jsonName)
                .collect(Collectors.joining(", ")));
    double learningRate = fields.number("learningRate", standard.learningRate);
    long warmupSteps = fields.integer("warmupSteps", standard.warmupSteps);
    double minRatio = fields.number("minLearningRateRatio", standard.minLearningRateRatio);
    double weightDecay = fields.number("weightDecay", standard.weightDecay);
    double beta1 = fields.number("beta1", standard.beta1);
    double beta2 = fields.number("beta2", standard.beta2);
    double epsilon = fields.number("epsilon", standard.epsilon);
    double clip = fields.number("clip", standard.clip);
    double warmupStart = fields.number("warmupStartRatio", standard.warmupStartRatio);
    double decayPower = fields.number("decayPower", standard.decayPower);
    return fields.build(() ->
        new OptimizerSpec(
            learningRate,
            Arrays.stream(Schedule.values())
                .filter(s -> s.jsonName().equals(schedule))
                .findFirst()
                .orElse(standard.schedule),
            warmupSteps,
            minRatio,
            weightDecay,
            beta1,
            beta2,
            epsilon,
            clip,
            warmupStart,
            decayPower));
  }

  ObjectNode toJson() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("learningRate", learningRate);
    json.put("schedule", schedule.jsonName());
    json.put("warmupSteps", warmupSteps);
    json.put("minLearningRateRatio", minLearningRateRatio);
    json.put("weightDecay", weightDecay);
    json.put("beta1", beta1);
    json.put("beta2", beta2);
    json.put("epsilon", epsilon);
    json.put("clip", clip);
    json.put("warmupStartRatio", warmupStartRatio);
    json.put("decayPower", decayPower);
    return json;
  }
}
