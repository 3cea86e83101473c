package org.transnormer.model.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.transnormer.model.backend.Loss;
import org.transnormer.model.data.Batch;
import org.transnormer.model.lm.TokenBatch;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is minimised.
 *
 * @param zLoss weight of (log Z)^2, which keeps logits from drifting (PaLM, arXiv 2204.02311,
 *     section 5); 0 for none
 * @param isolateDocuments whether documents that share a sequence see nothing of each other: the
 *     state is forgotten where one begins, and its first token is nobody's target
 * @param ignoreTokens tokens that are never a target
 */
public record ObjectiveSpec(double zLoss, boolean isolateDocuments, List<Integer> ignoreTokens) {

  /** The mean of -log p over every token that follows another. */
  public static final ObjectiveSpec PLAIN = new ObjectiveSpec(0, false, List.of());

  public ObjectiveSpec {
    ignoreTokens = List.copyOf(ignoreTokens);
    SpecFields check = new SpecFields();
    check.require("zLoss", SpecFields.notNegative(zLoss), "must not be negative");
    check.require("ignoreTokens", ignoreTokens.stream().allMatch(t -> t >= 0), "must be tokens");
    check.done();
  }

  /** The batch with what does not count masked. */
  TokenBatch of(Batch batch) {
    int[] targets = batch.targets();
    Set<Integer> ignored = Set.copyOf(ignoreTokens);
    if (isolateDocuments || !ignored.isEmpty()) {
      targets = targets.clone();
      for (int i = 0; i < targets.length; i++) {
        boolean another = isolateDocuments && batch.endsDocument(i);
        targets[i] = another || ignored.contains(targets[i]) ? Loss.IGNORE : targets[i];
      }
    }
    return TokenBatch.packed(
        batch.inputs(),
        targets,
        batch.rows(),
        batch.length(),
        isolateDocuments ? batch.starts() : null);
  }

  static ObjectiveSpec parse(JsonNode json) {
    SpecFields fields = new SpecFields("objective", json);
    double zLoss = fields.number("zLoss", 0);
    boolean isolate = fields.flag("isolateDocuments", false);
    double[] ignored = fields.numbers("ignoreTokens");
    List<Integer> tokens = new ArrayList<>();
    Arrays.stream(ignored).forEach(token -> tokens.add((int) token));
    return fields.build(() -> new ObjectiveSpec(zLoss, isolate, tokens));
  }

  ObjectNode toJson() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("zLoss", zLoss);
    json.put("isolateDocuments", isolateDocuments);
    ignoreTokens.forEach(json.putArray("ignoreTokens")::add);
    return json;
  }
}
