package org.transnormer.model.train;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * When and on how much the held-out loss is measured.
 *
 * @param everySteps 0 means never
 * @param maxTokens of the held-out part, from its beginning; 0 means all of it
 */
public record EvalSpec(long everySteps, long maxTokens) {

  public EvalSpec {
    SpecFields check = new SpecFields();
    check.require("everySteps", everySteps >= 0, "must not be negative");
    check.require("maxTokens", maxTokens >= 0, "must not be negative");
    check.done();
  }

  static EvalSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("evaluation", json);
    long everySteps = fields.integer("everySteps", 0);
    long maxTokens = fields.integer("maxTokens", 0);
    return fields.build(() -> new EvalSpec(everySteps, maxTokens));
  }

  ObjectNode toJson() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("everySteps", everySteps)
        .put("maxTokens", maxTokens);
  }
}
