package org.transnormer.trainer.runs;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A frozen specification with some of it changed, to be resolved and checked anew. */
public final class SpecMerge {

  private SpecMerge() {}

  /**
   * @param changes what is not named there stays
   */
  public static SpecForm merge(RunSpec spec, SpecForm changes) {
    JsonMapper json = JsonMapper.shared();
    ObjectNode merged = SpecJson.write(spec);
    ((ObjectNode) merged.get("model")).remove("parameters");
    ObjectNode patch = json.valueToTree(changes);
    if (patch.path("data").isObject()) {
      // another token set has another vocabulary; what is said of the old one no longer holds
      merged.remove("data");
      ((ObjectNode) merged.get("model")).remove(List.of("vocabSize", "bosToken", "eosToken"));
    }
    JsonNode model = patch.path("model");
    if (model.hasNonNull("preset")) {
      merged.set("model", json.createObjectNode());
    } else if (model.hasNonNull("layers") && !model.hasNonNull("lrpe")) {
      ((ObjectNode) merged.get("model")).remove("lrpe"); // one entry for each layer
    }
    apply(merged, patch);
    return json.treeToValue(merged, SpecForm.class);
  }

  private static void apply(ObjectNode target, ObjectNode patch) {
    for (Map.Entry<String, JsonNode> field : patch.properties()) {
      if (field.getValue() instanceof ObjectNode nested
          && target.get(field.getKey()) instanceof ObjectNode inner) {
        apply(inner, nested);
      } else if (!field.getValue().isNull()) {
        target.set(field.getKey(), field.getValue());
      }
    }
  }
}
