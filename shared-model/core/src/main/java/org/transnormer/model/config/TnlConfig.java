package org.transnormer.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * TransNormerLLM, first generation (fused q, k, v and gate projection; tied embedding; no bias and
 * no norm weights anywhere).
 *
 * @param vocabSize V
 * @param width d, also the width of all heads together
 * @param layers L
 * @param heads H; the head width e is d / H
 * @param gluWidth f, the inner width of the channel mixer
 * @param scaleEmbedding whether an embedding row is multiplied by sqrt(d) on its way in
 * @param lrpe per layer, whether q and k carry LRPE position features
 * @param activation on q and k; a name that the reference does not know means the identity
 * @param initStd of the normal distribution that weights are drawn from
 * @param padToken its embedding row starts at zero and gets no gradient from being looked up;
 *     {@link #NO_TOKEN} where there is none ({@code null} in JSON)
 */
public record TnlConfig(
    int vocabSize,
    int width,
    int layers,
    int heads,
    int gluWidth,
    boolean scaleEmbedding,
    List<Boolean> lrpe,
    String activation,
    double initStd,
    int padToken,
    int bosToken,
    int eosToken)
    implements ModelConfig {

  /** {@code model_type} of the released configurations. */
  public static final String MODEL_TYPE = "transnormer";

  private static final String NORM_TYPE = "simplermsnorm";

  /** The padding token of a model that has none. */
  public static final int NO_TOKEN = -1;

  /** Bounds that keep every count below 2^63 and a hostile file from asking for terabytes. */
  private static final int LARGEST_SIZE = 1 << 24;

  private static final int MOST_LAYERS = 1 << 12;

  public TnlConfig {
    lrpe = List.copyOf(lrpe);
    List<FieldError> errors = new ArrayList<>();
    size(errors, "vocab_size", vocabSize, LARGEST_SIZE);
    size(errors, "decoder_embed_dim", width, LARGEST_SIZE);
    size(errors, "decoder_layers", layers, MOST_LAYERS);
    size(errors, "decoder_attention_heads", heads, LARGEST_SIZE);
    size(errors, "glu_dim", gluWidth, LARGEST_SIZE);
    if (width > 0 && heads > 0 && width % heads != 0) {
      errors.add(
          new FieldError(
              "decoder_attention_heads",
              "must divide the width: %d heads, width %d".formatted(heads, width)));
    }
    if (lrpe.size() != layers) {
      errors.add(
          new FieldError(
              "linear_use_lrpe_list",
              "must have one entry per layer: %d for %d layers".formatted(lrpe.size(), layers)));
    }
    if (!(initStd > 0 && initStd < Double.POSITIVE_INFINITY)) {
      errors.add(new FieldError("init_std", "must be positive and finite, is " + initStd));
    }
    if (padToken != NO_TOKEN) {
      token(errors, "pad_token_id", padToken, vocabSize);
    }
    token(errors, "bos_token_id", bosToken, vocabSize);
    token(errors, "eos_token_id", eosToken, vocabSize);
    if (!errors.isEmpty()) {
      throw new InvalidConfigException(errors);
    }
  }

  private static void size(List<FieldError> errors, String field, int value, int most) {
    if (value < 1 || value > most) {
      errors.add(new FieldError(field, "must be between 1 and %d, is %d".formatted(most, value)));
    }
  }

  private static void token(List<FieldError> errors, String field, int token, int vocabSize) {
    if (token < 0 || token >= vocabSize) {
      errors.add(
          new FieldError(
              field, "must be a token of the vocabulary of %d, is %d".formatted(vocabSize, token)));
    }
  }

  /**
   * A model with the releases' choices for everything but its sizes: scaled embedding, LRPE in
   * layer 0 only, SiLU, standard deviation 0.02; no padding token, and documents begin after the
   * end of the one before.
   */
  public static TnlConfig of(
      int vocabSize, int width, int layers, int heads, int gluWidth, int eosToken) {
    return new TnlConfig(
        vocabSize,
        width,
        layers,
        heads,
        gluWidth,
        true,
        lrpeInFirstLayer(layers),
        "silu",
        0.02,
        NO_TOKEN,
        eosToken,
        eosToken);
  }

  /** The releases' rule for f: 8d/3 rounded up to a multiple of 256. */
  public static int releasedGluWidth(int width) {
    return Math.toIntExact(256 * Math.ceilDiv(8L * width, 3 * 256));
  }

  /** [1, 0, ..., 0], the setting of every release. */
  public static List<Boolean> lrpeInFirstLayer(int layers) {
    return IntStream.range(0, Math.clamp(layers, 0, MOST_LAYERS)).mapToObj(l -> l == 0).toList();
  }

  @Override
  public String family() {
    return "tnl";
  }

  /** e */
  public int headWidth() {
    return width / heads;
  }

  /** L (5 d^2 + 3 d f) + V d, plus d for theta in each layer with LRPE. */
  @Override
  public long parameterCount() {
    long d = width;
    long perLayer = 5 * d * d + 3 * d * gluWidth;
    return layers * perLayer + vocabSize * d + lrpeLayers() * d;
  }

  public int lrpeLayers() {
    return (int) lrpe.stream().filter(on -> on).count();
  }

  static TnlConfig parse(JsonNode json) {
    ConfigFields fields = new ConfigFields(json);
    int width = fields.integer("decoder_embed_dim", 1024);
    int layers = fields.integer("decoder_layers", 24);
    int glu = fields.integer("glu_dim", 2816);
    fields.require(
        "hidden_dim", fields.integer("hidden_dim", width) == width, "must equal decoder_embed_dim");
    fields.require(
        "norm_type", fields.text("norm_type", NORM_TYPE).equals(NORM_TYPE), "must be " + NORM_TYPE);
    fields.require("bias", !fields.flag("bias", false), "must be false");
    fields.require("tie_word_embeddings", fields.flag("tie_word_embeddings", true), "must be true");
    fields.require(
        "gate_dim", !fields.has("gate_dim"), "belongs to the third generation, which is not read");
    List<Boolean> lrpe = fields.flags("linear_use_lrpe_list", lrpeInFirstLayer(layers));
    int vocabSize = fields.integer("vocab_size", 64000);
    int heads = fields.integer("decoder_attention_heads", 8);
    boolean scale = !fields.flag("no_scale_embedding", false);
    String activation = fields.text("linear_act_fun", "silu");
    double initStd = fields.number("init_std", 0.02);
    int pad = json.path("pad_token_id").isNull() ? NO_TOKEN : fields.integer("pad_token_id", 0);
    int bos = fields.integer("bos_token_id", 1);
    int eos = fields.integer("eos_token_id", 2);
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
            eos));
  }

  @Override
  public ObjectNode toJson() {
    ObjectNode json = JsonMapper.shared().createObjectNode();
    json.put("model_type", MODEL_TYPE);
    json.put("vocab_size", vocabSize);
    json.put("decoder_embed_dim", width);
    json.put("hidden_dim", width);
    json.put("decoder_layers", layers);
    json.put("decoder_attention_heads", heads);
    json.put("glu_dim", gluWidth);
    json.put("no_scale_embedding", !scaleEmbedding);
    ArrayNode list = json.putArray("linear_use_lrpe_list");
    lrpe.forEach(on -> list.add(on ? 1 : 0));
    json.put("linear_act_fun", activation);
    json.put("norm_type", NORM_TYPE);
    json.put("bias", false);
    json.put("init_std", initStd);
    json.put("pad_token_id", padToken == NO_TOKEN ? null : Integer.valueOf(padToken));
    json.put("bos_token_id", bosToken);
    json.put("eos_token_id", eosToken);
    json.put("add_bos_token", false);
    json.put("use_cache", true);
    json.put("tie_word_embeddings", true);
    return json;
  }
}
