package org.transnormer.model.train;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.ModelConfig;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that decides what a run computes. It names neither threads nor ranks: they change how
 * fast it goes, not what comes out.
 *
 * @param seed of the initial weights and of the order of the data
 */
public record TrainingSpec(
    ModelConfig model,
    OptimizerSpec optimizer,
    BatchSpec batch,
    long steps,
    long seed,
    EvalSpec evaluation,
    CheckpointSpec checkpoints) {

  public TrainingSpec {
    SpecFields check = new SpecFields();
    check.require("steps", steps >= 1, "must be at least 1");
    check.done();
  }

  public TrainingSpec withBatch(BatchSpec other) {
    return new TrainingSpec(model, optimizer, other, steps, seed, evaluation, checkpoints);
  }

  public TrainingSpec withEvaluation(EvalSpec other) {
    return new TrainingSpec(model, optimizer, batch, steps, seed, other, checkpoints);
  }

  /**
   * Reads {@code {model, optimizer, batch, steps, seed, evaluation, checkpoints}}; {@code model}
   * has the layout of {@code config.json}.
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
    return fields.build(() ->
        new TrainingSpec(
            ModelConfig.parse(model),
            OptimizerSpec.parse(optimizer),
            BatchSpec.parse(batch),
            steps,
            seed,
            EvalSpec.parse(evaluation),
            CheckpointSpec.parse(checkpoints)));
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
    return json;
  }
}
