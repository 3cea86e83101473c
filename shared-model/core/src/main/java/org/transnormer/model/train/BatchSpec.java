package org.transnormer.model.train;

import org.transnormer.model.lm.TrainingShape;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sequences of one step, and tokens that each of them is trained on.
 *
 * @param microSequences that go through the model at once; the gradients of a step's micro-batches
 *     are added up in their order. 0 means all of them
 * @param recompute whether activations are computed again on the way back instead of kept; changes
 *     memory and time, and not a bit of the result
 */
public record BatchSpec(int sequences, int sequenceLength, int microSequences, boolean recompute) {

  public BatchSpec {
    SpecFields check = new SpecFields();
    check.require("sequences", sequences >= 1, "must be at least 1");
    check.require("sequenceLength", sequenceLength >= 1, "must be at least 1");
    check.require(
        "sequences",
        (long) sequences * sequenceLength <= Integer.MAX_VALUE,
        "times sequenceLength must be below 2^31");
    check.require("microSequences", microSequences >= 0, "must not be negative");
    check.done();
  }

  /** All sequences at once, every activation kept. */
  public BatchSpec(int sequences, int sequenceLength) {
    this(sequences, sequenceLength, 0, false);
  }

  public int tokens() {
    return sequences * sequenceLength;
  }

  /** Sequences that go through the model at once. */
  public int atOnce() {
    return microSequences == 0 ? sequences : Math.min(microSequences, sequences);
  }

  /** What a model to be trained is laid out for. */
  public TrainingShape shape() {
    return new TrainingShape(atOnce(), sequenceLength, recompute);
  }

  /** Whether a run with the one goes on with the other bit for bit. */
  boolean computesLike(BatchSpec other) {
    return sequences == other.sequences
        && sequenceLength == other.sequenceLength
        && atOnce() == other.atOnce();
  }

  static BatchSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("batch", json);
    int sequences = fields.smallInteger("sequences", 8);
    int sequenceLength = fields.smallInteger("sequenceLength", 256);
    int microSequences = fields.smallInteger("microSequences", 0);
    boolean recompute = fields.flag("recompute", false);
    return fields.build(() -> new BatchSpec(sequences, sequenceLength, microSequences, recompute));
  }

  ObjectNode toJson() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("sequences", sequences)
        .put("sequenceLength", sequenceLength)
        .put("microSequences", microSequences)
        .put("recompute", recompute);
  }
}
