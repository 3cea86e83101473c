package org.transnormer.trainer.runs;

import java.util.List;
import org.transnormer.model.lm.FamilyProvider;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.trainer.runs.RunSpec.Task;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of a frozen specification, as stored, shown and sent back. Sizes have the names of
 * requests; the worker is given the model library's own form instead.
 */
public final class SpecJson {

  private SpecJson() {}

  public static ObjectNode write(RunSpec spec) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("family", spec.family());
    json.put("task", RunSpec.word(spec.task()));
    json.set("model", model(spec));
    json.putObject("data")
        .put("tokenSetId", spec.data().tokenSetId())
        .put("tokenSetPrefix", spec.data().tokenSetPrefix())
        .put("tokenSetDigest", spec.data().tokenSetDigest())
        .put("snapshotId", spec.data().snapshotId());
    ObjectNode training = spec.training().toJson();
    training.remove("model");
    training.remove("mixture"); // a run reads one token set
    json.setAll(training);
    ((ObjectNode) json.get("checkpoints")).put("keepEvery", spec.keepEvery());
    json.put("ranks", spec.ranks());
    if (spec.ranks() > 1) {
      json.putObject("division")
          .put("sequenceRanks", spec.division().sequenceRanks())
          .put("tensorRanks", spec.division().tensorRanks())
          .put("sharding", RunSpec.word(spec.division().sharding()));
    }
    if (spec.threads() != null) {
      json.put("threads", spec.threads());
    }
    return json;
  }

  private static ObjectNode model(RunSpec spec) {
    ObjectNode json = family(spec.family()).sizes(spec.model());
    return json.put("parameters", spec.model().parameterCount());
  }

  private static FamilyProvider family(String id) {
    return ModelFamilies.named(id).orElseThrow();
  }

  /** Reads what {@link #write} wrote. */
  public static RunSpec read(JsonNode json) {
    JsonNode data = json.required("data");
    ObjectNode training = JsonMapper.shared().createObjectNode();
    for (String field :
        List.of("optimizer", "batch", "steps", "seed", "evaluation", "checkpoints")) {
      training.set(field, json.required(field).deepCopy());
    }
    if (json.has("objective")) {
      training.set("objective", json.required("objective").deepCopy());
    }
    ObjectNode checkpoints = (ObjectNode) training.get("checkpoints");
    long keepEvery = checkpoints.required("keepEvery").asLong();
    checkpoints.remove("keepEvery");
    ObjectNode sizes = (ObjectNode) json.required("model").deepCopy();
    sizes.remove("parameters");
    String family = json.required("family").asString();
    training.set("model", family(family).ofSizes(sizes).toJson());
    return new RunSpec(
        family,
        RunSpec.constant(Task.class, json.required("task").asString()).orElseThrow(),
        TrainingSpec.parse(training),
        new RunSpec.Data(
            data.required("tokenSetId").asString(),
            data.required("tokenSetPrefix").asString(),
            data.required("tokenSetDigest").asString(),
            data.required("snapshotId").asString()),
        keepEvery,
        json.required("ranks").asInt(),
        json.has("division") ? division(json.required("division")) : Division.BATCH,
        json.has("threads") ? Integer.valueOf(json.required("threads").asInt()) : null);
  }

  private static Division division(JsonNode json) {
    return new Division(
        json.required("sequenceRanks").asInt(),
        json.required("tensorRanks").asInt(),
        RunSpec.constant(Sharding.class, json.required("sharding").asString()).orElseThrow());
  }
}
