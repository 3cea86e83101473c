package org.transnormer.model.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@link TnlConfig} of the first generation, from and to the sizes of run specifications. */
public final class TnlSpecSizes {

  /** How {@code config.json} names a field, and how a specification does. */
  public static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("vocab_size", "vocabSize"),
          Map.entry("decoder_embed_dim", "width"),
          Map.entry("decoder_layers", "layers"),
          Map.entry("decoder_attention_heads", "heads"),
          Map.entry("glu_dim", "gluWidth"),
          Map.entry("no_scale_embedding", "scaleEmbedding"),
          Map.entry("linear_use_lrpe_list", "lrpe"),
          Map.entry("linear_act_fun", "activation"),
          Map.entry("init_std", "initStd"),
          Map.entry("pad_token_id", "padToken"),
          Map.entry("bos_token_id", "bosToken"),
          Map.entry("eos_token_id", "eosToken"));

  /** What has no default; vocabulary and end-of-document token are a token set's. */
  private static final List<String> NEEDED =
      List.of("width", "layers", "heads", "vocabSize", "eosToken");

  /** What a preset says. */
  private static final Set<String> PRESET =
      Set.of("width", "layers", "heads", "gluWidth", "scaleEmbedding", "activation");

  private TnlSpecSizes() {}

  /**
   * @throws InvalidConfigException naming every field that is unknown, missing or unusable, as here
   *     or as in {@code config.json}
   */
  public static TnlConfig read(JsonNode sizes) {
    List<FieldError> errors = new ArrayList<>();
    for (String field : sizes.propertyNames()) {
      if (!NAMES.containsValue(field)) {
        errors.add(new FieldError(field, "is not known here"));
      }
    }
    for (String field : NEEDED) {
      if (!sizes.hasNonNull(field)) {
        errors.add(new FieldError(field, "is missing"));
      }
    }
    if (!errors.isEmpty()) {
      throw new InvalidConfigException(errors);
    }
    ConfigFields fields = new ConfigFields(sizes);
    int width = fields.integer("width", 0);
    int layers = fields.integer("layers", 0);
    int heads = fields.integer("heads", 0);
    int vocabSize = fields.integer("vocabSize", 0);
    int eosToken = fields.integer("eosToken", 0);
    int released = TnlConfig.releasedGluWidth(Math.clamp(width, 1, 1 << 20));
    int gluWidth = fields.integer("gluWidth", released);
    boolean scaleEmbedding = fields.flag("scaleEmbedding", true);
    List<Boolean> lrpe = fields.flags("lrpe", TnlConfig.lrpeInFirstLayer(layers));
    String activation = fields.text("activation", "silu");
    double initStd = fields.number("initStd", 0.02);
    int padToken = fields.integer("padToken", TnlConfig.NO_TOKEN);
    int bosToken = fields.integer("bosToken", eosToken);
    return fields.build(() ->
        new TnlConfig(
            vocabSize,
            width,
            layers,
            heads,
            gluWidth,
            scaleEmbedding,
            lrpe,
            activation,
            initStd,
            padToken,
            bosToken,
            eosToken));
  }

  /** {@link #read} reads it back to an equal value. */
  public static ObjectNode write(TnlConfig config) {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("vocabSize", config.vocabSize());
    json.put("width", config.width());
    json.put("layers", config.layers());
    json.put("heads", config.heads());
    json.put("gluWidth", config.gluWidth());
    json.put("scaleEmbedding", config.scaleEmbedding());
    ArrayNode lrpe = json.putArray("lrpe");
    config.lrpe().forEach(lrpe::add);
    json.put("activation", config.activation());
    json.put("initStd", config.initStd());
    json.put("padToken", config.padToken());
    json.put("bosToken", config.bosToken());
    json.put("eosToken", config.eosToken());
    return json;
  }

  /** Sizes that a specification may name: small ones for two cores, and the published ones. */
  public static SequencedMap<String, ObjectNode> presets() {
    SequencedMap<String, ObjectNode> presets = new LinkedHashMap<>();
    presets.put("demo-main", preset(TnlConfig.of(1, 192, 4, 4, 512, 0)));
    presets.put("demo-evaluation", preset(TnlConfig.of(1, 128, 3, 4, 256, 0)));
    presets.put("demo-fast", preset(TnlConfig.of(1, 64, 2, 2, 192, 0)));
    for (String name : TnlSizes.names()) {
      presets.put(name, preset(TnlSizes.named(name).orElseThrow()));
    }
    return presets;
  }

  private static ObjectNode preset(TnlConfig config) {
    return write(config).retain(PRESET);
  }
}
