package org.transnormer.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.transnormer.model.config.InvalidConfigException.FieldError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * TransNormerLLM, first and third generation: tied embedding, no bias and no norm weights anywhere.
 * The first projects q, k, v and the output gate together and has its activation on q and k; the
 * third has it on q, k and v, and a sigmoid gate of low rank.
 *
 * @param vocabSize V
 * @param width d
 * @param layers L
 * @param heads H; the head width e is D / H
 * @param gluWidth f, the inner width of the channel mixer
 * @param scaleEmbedding whether an embedding row is multiplied by sqrt(d) on its way in
 * @param lrpe per layer, whether q and k carry LRPE position features
 * @param activation on q and k, in the third generation on v too; a name that the reference does
 *     not know means the identity
 * @param initStd of the normal distribution that weights are drawn from
 * @param padToken its embedding row starts at zero and gets no gradient from being looked up;
 *     {@link #NO_TOKEN} where there is none ({@code null} in JSON)
 * @param hiddenWidth D, the width of all heads together; d in every release
 * @param gateWidth rank of the third generation's gate; 0 in the first generation
 * @param phases how LRPE's phases are rounded
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
    int eosToken,
    int hiddenWidth,
    int gateWidth,
    PhaseRounding phases)
    implements ModelConfig {

  public static final String FAMILY = "tnl";

  /** {@code model_type} of the released configurations. */
  public static final String MODEL_TYPE = "transnormer";

  /** The padding token of a model that has none. */
  public static final int NO_TOKEN = -1;

  /**
   * Bounds that keep the bytes of parameters, gradients and moments together below 2^63: L layers
   * have at most 9 sizes squared, 4096 9 2^40 16 < 2^60.
   */
  private static final int LARGEST_SIZE = 1 << 20;

  private static final int LARGEST_VOCABULARY = 1 << 24;
  private static final int MOST_LAYERS = 1 << 12;

  public TnlConfig {
    lrpe = List.copyOf(lrpe);
    List<FieldError> errors = new ArrayList<>();
    size(errors, "vocab_size", vocabSize, LARGEST_VOCABULARY);
    size(errors, "decoder_embed_dim", width, LARGEST_SIZE);
    size(errors, "decoder_layers", layers, MOST_LAYERS);
    size(errors, "decoder_attention_heads", heads, LARGEST_SIZE);
    size(errors, "glu_dim", gluWidth, LARGEST_SIZE);
    size(errors, "hidden_dim", hiddenWidth, LARGEST_SIZE);
    if (gateWidth < 0 || gateWidth > LARGEST_SIZE) {
      errors.add(new FieldError("gate_dim", "must be between 0 and " + LARGEST_SIZE));
    }
    if (hiddenWidth > 0 && heads > 0 && hiddenWidth % heads != 0) {
      errors.add(
          new FieldError(
              "decoder_attention_heads",
              "must divide the width: %d heads, width %d".formatted(heads, hiddenWidth)));
    }
    if (hiddenWidth != width && (gateWidth > 0 || lrpe.contains(true))) {
      errors.add(
          new FieldError(
              "hidden_dim",
              "must equal decoder_embed_dim with position features and in the third generation"));
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

  /** A model of the first generation, its heads as wide together as the model. */
  public TnlConfig(
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
      int eosToken) {
    this(
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
        eosToken,
        width,
        0,
        PhaseRounding.FLOAT64);
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

  /** The same sizes in the third generation. */
  public TnlConfig withGate(int rank) {
    return with(rank, phases);
  }

  public TnlConfig withPhases(PhaseRounding other) {
    return with(gateWidth, other);
  }

  private TnlConfig with(int gate, PhaseRounding rounding) {
    return new TnlConfig(
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
        eosToken,
        hiddenWidth,
        gate,
        rounding);
  }

  /**
   * Reads a released {@code config.json}.
   *
   * @param folder the name of the folder that it lies in, which may be all that names a model
   * @throws InvalidConfigException naming every field that is missing, unusable or contradictory
   */
  public static TnlConfig parse(JsonNode json, String folder) {
    return TnlJson.parse(json, folder);
  }

  @Override
  public String family() {
    return FAMILY;
  }

  @Override
  public String architecture() {
    return "TransnormerForCausalLM";
  }

  /** 1 or 3. */
  public int generation() {
    return gateWidth == 0 ? 1 : 3;
  }

  /** e */
  public int headWidth() {
    return hiddenWidth / heads;
  }

  /**
   * L (5 D d + 3 d f) + V d in the first generation, L (4 D d + g (d + D) + 3 d f) + V d in the
   * third, plus d for theta in each layer with LRPE.
   */
  @Override
  public long parameterCount() {
    return publishedParameterCount() + lrpeLayers() * (long) width;
  }

  /** Without theta, as model cards and papers count. */
  public long publishedParameterCount() {
    long d = width;
    long hidden = hiddenWidth;
    long mixer = generation() == 1 ? 5 * hidden * d : 4 * hidden * d + gateWidth * (d + hidden);
    return layers * (mixer + 3 * d * gluWidth) + vocabSize * d;
  }

  public int lrpeLayers() {
    return (int) lrpe.stream().filter(on -> on).count();
  }

  /** What theta starts from: 10000^(-2 j / D) for column j of all heads together. */
  public double initialTheta(long column) {
    return StrictMath.pow(10_000, -2.0 * column / hiddenWidth);
  }

  @Override
  public ObjectNode toJson() {
    return TnlJson.write(this);
  }
}
