package org.transnormer.trainer.runs;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.parallel.Sharding;
import org.transnormer.model.train.TrainingSpec;
import org.transnormer.trainer.runs.RunSpec.Family;
import org.transnormer.trainer.runs.RunSpec.Task;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The JSON form of a frozen specification, as stored, shown and sent back. Sizes have the names of
 * requests; the worker is given the model library's own form instead.
 */
public final class SpecJson {

  private SpecJson() {}

  public static ObjectNode write(RunSpec spec) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("family", RunSpec.word(spec.family()));
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
    TnlConfig model =
        switch (spec.model()) {
          case TnlConfig tnl -> tnl;
        };
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("vocabSize", model.vocabSize());
    json.put("width", model.width());
    json.put("layers", model.layers());
    json.put("heads", model.heads());
    json.put("gluWidth", model.gluWidth());
    json.put("scaleEmbedding", model.scaleEmbedding());
    ArrayNode lrpe = json.putArray("lrpe");
    model.lrpe().forEach(lrpe::add);
    json.put("activation", model.activation());
    json.put("initStd", model.initStd());
    json.put("padToken", model.padToken());
    json.put("bosToken", model.bosToken());
    json.put("eosToken", model.eosToken());
    json.put("parameters", model.parameterCount());
    return json;
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
    training.set("model", model(json.required("model")).toJson());
    return new RunSpec(
        RunSpec.constant(Family.class, json.required("family").asString()).orElseThrow(),
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

  private static TnlConfig model(JsonNode json) {
    List<Boolean> lrpe = new ArrayList<>();
    json.required("lrpe").forEach(flag -> lrpe.add(flag.asBoolean()));
    return new TnlConfig(
        json.required("vocabSize").asInt(),
        json.required("width").asInt(),
        json.required("layers").asInt(),
        json.required("heads").asInt(),
        json.required("gluWidth").asInt(),
        json.required("scaleEmbedding").asBoolean(),
        lrpe,
        json.required("activation").asString(),
        json.required("initStd").asDouble(),
        json.required("padToken").asInt(),
        json.required("bosToken").asInt(),
        json.required("eosToken").asInt());
  }
}
