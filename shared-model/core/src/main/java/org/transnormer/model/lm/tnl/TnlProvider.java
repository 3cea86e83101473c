package org.transnormer.model.lm.tnl;

import java.util.Map;
import java.util.SequencedMap;
import org.transnormer.model.config.ModelConfig;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.config.TnlSpecSizes;
import org.transnormer.model.lm.FamilyProvider;
import org.transnormer.model.lm.ModelFamily;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** TransNormerLLM. */
public final class TnlProvider implements FamilyProvider {

  @Override
  public String id() {
    return TnlConfig.FAMILY;
  }

  @Override
  public String modelType() {
    return TnlConfig.MODEL_TYPE;
  }

  @Override
  public ModelConfig parse(JsonNode json, String folder) {
    return TnlConfig.parse(json, folder);
  }

  @Override
  public ModelConfig ofSizes(ObjectNode sizes) {
    return TnlSpecSizes.read(sizes);
  }

  @Override
  public ObjectNode sizes(ModelConfig config) {
    return TnlSpecSizes.write((TnlConfig) config);
  }

  @Override
  public Map<String, String> sizeNames() {
    return TnlSpecSizes.NAMES;
  }

  @Override
  public SequencedMap<String, ObjectNode> presets() {
    return TnlSpecSizes.presets();
  }

  @Override
  public ModelFamily of(ModelConfig config) {
    return new TnlFamily((TnlConfig) config);
  }
}
