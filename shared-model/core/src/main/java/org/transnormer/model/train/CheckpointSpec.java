package org.transnormer.model.train;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * When checkpoints are written and how many stay.
 *
 * @param everySteps 0 means only at the end
 * @param keep newest checkpoints that stay; 0 means all
 */
public record CheckpointSpec(long everySteps, int keep) {

  public CheckpointSpec {
    SpecFields check = new SpecFields();
    check.require("everySteps", everySteps >= 0, "must not be negative");
    check.require("keep", keep >= 0, "must not be negative");
    check.done();
  }

  static CheckpointSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("checkpoints", json);
    long everySteps = fields.integer("everySteps", 0);
    int keep = fields.smallInteger("keep", 0);
    return fields.build(() -> new CheckpointSpec(everySteps, keep));
  }

  ObjectNode toJson() {
    return JsonMapper.shared().createObjectNode().put("everySteps", everySteps).put("keep", keep);
  }
}
