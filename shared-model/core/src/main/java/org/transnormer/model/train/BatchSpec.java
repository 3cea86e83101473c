package org.transnormer.model.train;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Sequences of one step, and tokens that each of them is trained on. */
public record BatchSpec(int sequences, int sequenceLength) {

  public BatchSpec {
    SpecFields check = new SpecFields();
    check.require("sequences", sequences >= 1, "must be at least 1");
    check.require("sequenceLength", sequenceLength >= 1, "must be at least 1");
    check.require(
        "sequences",
        (long) sequences * sequenceLength <= Integer.MAX_VALUE,
        "times sequenceLength must be below 2^31");
    check.done();
  }

  public int tokens() {
    return sequences * sequenceLength;
  }

  static BatchSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("batch", json);
    int sequences = fields.smallInteger("sequences", 8);
    int sequenceLength = fields.smallInteger("sequenceLength", 256);
    return fields.build(() -> new BatchSpec(sequences, sequenceLength));
  }

  ObjectNode toJson() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("sequences", sequences)
        .put("sequenceLength", sequenceLength);
  }
}
