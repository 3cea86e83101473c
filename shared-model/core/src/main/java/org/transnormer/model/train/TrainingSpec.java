package org.transnormer.model.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.ModelFamilies;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that decides what a run computes. It names neither threads nor ranks: they change how
 * fast it goes, not what comes out.
 *
 * @param seed of the initial weights and of the order of the data
 * @param mixture weights of several token sets, in their order; empty for a single one
 */
public record TrainingSpec(
    ModelConfig model,
    OptimizerSpec optimizer,
    BatchSpec batch,
    long steps,
    long seed,
    EvalSpec evaluation,
    CheckpointSpec checkpoints,
    ObjectiveSpec objective,
    List<Double> mixture) {

  public TrainingSpec {
    mixture = List.copyOf(mixture);
    SpecFields check = new SpecFields();
    check.require("steps", steps >= 1, "must be at least 1");
    check.require(
        "mixture", mixture.stream().allMatch(SpecFields::positive), "must hold positive weights");
    check.done();
  }

  /** The plain objective on one token set. */
  public TrainingSpec(
      ModelConfig model,
      OptimizerSpec optimizer,
      BatchSpec batch,
      long steps,
      long seed,
      EvalSpec evaluation,
      CheckpointSpec checkpoints) {
    this(
        model,
        optimizer,
        batch,
        steps,
        seed,
        evaluation,
        checkpoints,
        ObjectiveSpec.PLAIN,
        List.of());
  }

  public TrainingSpec withBatch(BatchSpec other) {
    return new TrainingSpec(
        model, optimizer, other, steps, seed, evaluation, checkpoints, objective, mixture);
  }

  public TrainingSpec withEvaluation(EvalSpec other) {
    return new TrainingSpec(
        model, optimizer, batch, steps, seed, other, checkpoints, objective, mixture);
  }

  public TrainingSpec withObjective(ObjectiveSpec other) {
    return new TrainingSpec(
        model, optimizer, batch, steps, seed, evaluation, checkpoints, other, mixture);
  }

  public TrainingSpec withMixture(List<Double> weights) {
    return new TrainingSpec(
        model, optimizer, batch, steps, seed, evaluation, checkpoints, objective, weights);
  }

  /**
   * Reads {@code {model, optimizer, batch, steps, seed, evaluation, checkpoints, objective,
   * mixture}}; {@code model} has the layout of {@code config.json}.
   *
   * @throws InvalidConfigException naming every unknown, missing or unusable field
   */
  public static TrainingSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("", json);
    fields.require("model", json.has("model"), "is missing");
    long steps = fields.integer("steps", 0);
    long seed = fields.integer("seed", 0);
    JsonNode model = fields.object("model");
    JsonNode optimizer = fields.object("optimizer");
    JsonNode batch = fields.object("batch");
    JsonNode evaluation = fields.object("evaluation");
    JsonNode checkpoints = fields.object("checkpoints");
    JsonNode objective = fields.object("objective");
    double[] mixture = fields.numbers("mixture");
    return fields.build(() ->
        new TrainingSpec(
            ModelFamilies.parse(model),
            OptimizerSpec.parse(optimizer),
            BatchSpec.parse(batch),
            steps,
            seed,
            EvalSpec.parse(evaluation),
            CheckpointSpec.parse(checkpoints),
            ObjectiveSpec.parse(objective),
            Arrays.stream(mixture).boxed().toList()));
  }

  public static TrainingSpec read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(JsonMapper.shared().readTree(in));
    } catch (JacksonException e) {
      throw new InvalidConfigException(
          "", file.getFileName() + " is not valid JSON: " + e.getOriginalMessage());
    }
  }

  /** {@link #parse} reads it back to an equal value. */
  public ObjectNode toJson() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.set("model", model.toJson());
    json.set("optimizer", optimizer.toJson());
    json.set("batch", batch.toJson());
    json.put("steps", steps);
    json.put("seed", seed);
    json.set("evaluation", evaluation.toJson());
    json.set("checkpoints", checkpoints.toJson());
    json.set("objective", objective.toJson());
    mixture.forEach(json.putArray("mixture")::add);
    return json;
  }
}
