package org.transnormer.model.config;

import java.util.List;
import java.util.Optional;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@link TnlConfig} from and to the released layout of {@code config.json}. */
final class TnlJson {

  /** Not in released files: a {@link PhaseRounding}. */
  private static final String PHASES = "lrpe_phases";

  private static final String NORM_TYPE = "simplermsnorm";

  private TnlJson() {}

  /**
   * @param folder the name of the folder that the file lies in, which may be all that names a model
   */
  static TnlConfig parse(JsonNode json, String folder) {
    SecondGeneration.named(json, folder).ifPresent(TnlJson::refuse);
    TnlConfig config = parse(json);
    if (!json.has(SecondGeneration.FIELD)) {
      SecondGeneration.layout(config).ifPresent(TnlJson::refuse);
    }
    return config;
  }

  private static void refuse(String model) {
    throw new InvalidConfigException(List.of(new FieldError("", SecondGeneration.refusal(model))));
  }

  private static TnlConfig parse(JsonNode json) {
    ConfigFields fields = new ConfigFields(json);
    int width = fields.integer("decoder_embed_dim", 1024);
    int layers = fields.integer("decoder_layers", 24);
    int glu = fields.integer("glu_dim", 2816);
    fields.require(
        "norm_type", fields.text("norm_type", NORM_TYPE).equals(NORM_TYPE), "must be " + NORM_TYPE);
    fields.require("bias", !fields.flag("bias", false), "must be false");
    fields.require("tie_word_embeddings", fields.flag("tie_word_embeddings", true), "must be true");
    int hidden = fields.integer("hidden_dim", width);
    int gate = fields.integer("gate_dim", 0);
    fields.require("gate_dim", !fields.has("gate_dim") || gate >= 1, "must be at least 1");
    List<Boolean> lrpe = fields.flags("linear_use_lrpe_list", TnlConfig.lrpeInFirstLayer(layers));
    int vocabSize = fields.integer("vocab_size", 64000);
    int heads = fields.integer("decoder_attention_heads", 8);
    boolean scale = !fields.flag("no_scale_embedding", false);
    String activation = fields.text("linear_act_fun", "silu");
    double initStd = fields.number("init_std", 0.02);
    int pad =
        json.path("pad_token_id").isNull() ? TnlConfig.NO_TOKEN : fields.integer("pad_token_id", 0);
    int bos = fields.integer("bos_token_id", 1);
    int eos = fields.integer("eos_token_id", 2);
    String phases = fields.text(PHASES, PhaseRounding.FLOAT64.jsonName());
    Optional<PhaseRounding> rounding = PhaseRounding.named(phases);
    fields.require(PHASES, rounding.isPresent(), "must be float64 or bfloat16");
    return fields.build(() ->
        new TnlConfig(
            vocabSize,
            width,
            layers,
            heads,
            glu == -1 ? width : glu,
            scale,
            lrpe,
            activation,
            initStd,
            pad,
            bos,
            eos,
            hidden,
            gate,
            rounding.orElse(PhaseRounding.FLOAT64)));
  }

  static ObjectNode write(TnlConfig config) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("model_type", TnlConfig.MODEL_TYPE);
    json.put("vocab_size", config.vocabSize());
    json.put("decoder_embed_dim", config.width());
    json.put("hidden_dim", config.hiddenWidth());
    json.put("decoder_layers", config.layers());
    json.put("decoder_attention_heads", config.heads());
    json.put("glu_dim", config.gluWidth());
    json.put("no_scale_embedding", !config.scaleEmbedding());
    ArrayNode list = json.putArray("linear_use_lrpe_list");
    config.lrpe().forEach(on -> list.add(on ? 1 : 0));
    json.put("linear_act_fun", config.activation());
    json.put("norm_type", NORM_TYPE);
    json.put("bias", false);
    if (config.generation() == 3) {
      json.put("gate_dim", config.gateWidth());
    }
    if (SecondGeneration.layout(config).isPresent()) {
      json.put(SecondGeneration.FIELD, 1);
    }
    if (config.phases() != PhaseRounding.FLOAT64) {
      json.put(PHASES, config.phases().jsonName());
    }
    json.put("init_std", config.initStd());
    boolean pad = config.padToken() != TnlConfig.NO_TOKEN;
    json.put("pad_token_id", pad ? Integer.valueOf(config.padToken()) : null);
    json.put("bos_token_id", config.bosToken());
    json.put("eos_token_id", config.eosToken());
    json.put("add_bos_token", false);
    json.put("use_cache", true);
    json.put("tie_word_embeddings", true);
    return json;
  }
}
