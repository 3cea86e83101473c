package org.transnormer.model.toy;

import java.util.ArrayList;
import java.util.List;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.config.InvalidConfigException;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import org.transnormer.model.config.ModelConfig;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * An embedding, which is the output head too, and one SGLU.
 *
 * @param vocabSize V
 * @param width d
 * @param factor f / d, f being the inner width of the SGLU
 */
public record ToyConfig(int vocabSize, int width, int factor, int eosToken) implements ModelConfig {

  static final String FAMILY = "toy";

  /** V x d */
  static final String TABLE = "table";

  /** 2 f x d */
  static final String UP = "mixer.up";

  /** d x f */
  static final String DOWN = "mixer.down";

  public ToyConfig {
    List<FieldError> errors = new ArrayList<>();
    if (width < 1 || width > 4096) {
      errors.add(new FieldError("hidden_size", "must be between 1 and 4096, is " + width));
    }
    if (factor < 1 || factor > 8) {
      errors.add(new FieldError("factor", "must be between 1 and 8, is " + factor));
    }
    if (eosToken < 0 || eosToken >= vocabSize) {
      errors.add(new FieldError("eos_token_id", "must be a token, is " + eosToken));
    }
    if (!errors.isEmpty()) {
      throw new InvalidConfigException(errors);
    }
  }

  static ToyConfig parse(JsonNode json) {
    return new ToyConfig(
        json.path("vocab_size").asInt(0),
        json.path("hidden_size").asInt(0),
        json.path("factor").asInt(0),
        json.path("eos_token_id").asInt(-1));
  }

  int inner() {
    return factor * width;
  }

  List<TensorSpec> tensors() {
    return List.of(
        new TensorSpec(TABLE, List.of((long) vocabSize, (long) width)),
        new TensorSpec(UP, List.of(2L * inner(), (long) width)),
        new TensorSpec(DOWN, List.of((long) width, (long) inner())));
  }

  @Override
  public String family() {
    return FAMILY;
  }

  @Override
  public String architecture() {
    return "ToyForCausalLM";
  }

  @Override
  public long parameterCount() {
    return tensors().stream().mapToLong(TensorSpec::elements).sum();
  }

  @Override
  public ObjectNode toJson() {
    return JsonMapper.shared()
        .createObjectNode()
        .put("model_type", FAMILY)
        .put("vocab_size", vocabSize)
        .put("hidden_size", width)
        .put("factor", factor)
        .put("eos_token_id", eosToken);
  }
}
