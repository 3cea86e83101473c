package org.transnormer.model.toy;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.lm.FamilyProvider;
import org.transnormer.model.lm.ModelFamily;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

public final class ToyProvider implements FamilyProvider {

  @Override
  public String id() {
    return ToyConfig.FAMILY;
  }

  @Override
  public String modelType() {
    return ToyConfig.FAMILY;
  }

  @Override
  public ModelConfig parse(JsonNode json, String folder) {
    return ToyConfig.parse(json);
  }

  @Override
  public ModelConfig ofSizes(ObjectNode sizes) {
    return new ToyConfig(
        sizes.path("vocabSize").asInt(0),
        sizes.path("width").asInt(0),
        sizes.path("factor").asInt(2),
        sizes.path("eosToken").asInt(-1));
  }

  @Override
  public ObjectNode sizes(ModelConfig config) {
    ToyConfig toy = (ToyConfig) config;
    return JsonMapper.shared()
        .createObjectNode()
        .put("vocabSize", toy.vocabSize())
        .put("width", toy.width())
        .put("factor", toy.factor())
        .put("eosToken", toy.eosToken());
  }

  @Override
  public Map<String, String> sizeNames() {
    return Map.of("hidden_size", "width", "eos_token_id", "eosToken");
  }

  @Override
  public SequencedMap<String, ObjectNode> presets() {
    SequencedMap<String, ObjectNode> presets = new LinkedHashMap<>();
    presets.put("toy-16", JsonMapper.shared().createObjectNode().put("width", 16));
    return presets;
  }

  @Override
  public ModelFamily of(ModelConfig config) {
    return new ToyFamily((ToyConfig) config);
  }
}
