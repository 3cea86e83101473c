package org.transnormer.model.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * TransNormerLLM models by name, in the layouts that were released or published. What a source
 * leaves open is filled by its neighbours' choice, and the remark says so.
 */
public final class NamedSizes {

  /** BPE vocabulary of the first generation's tokenizer. */
  private static final int SENTENCEPIECE = 64_000;

  /** Vocabulary of the ablations and of the scale table in arXiv 2307.14995. */
  private static final int SCALE_TABLE = 50_272;

  /** Vocabulary of the third generation's tokenizer. */
  private static final int TIKTOKEN = 100_280;

  private static final int GATE = 16;

  /**
   * @param remark which parts of the layout are derived; empty where a configuration was released
   */
  public record Entry(String name, TnlConfig config, String remark) {}

  private static final SequencedMap<String, Entry> SIZES = new LinkedHashMap<>();

  static {
    first("tnl1-385m", SENTENCEPIECE, 1024, 24, 8, true, "the released classes' defaults");
    put("tnl1-385m-no-act", noActivation(), "");
    first("tnl1-1b", SENTENCEPIECE, 2048, 16, 16, true, "");
    first("tnl1-7b", SENTENCEPIECE, 4096, 30, 32, false, "");
    String table = "sizes of the scale table; the embedding's scaling is not stated";
    first("tnl1-13b", SCALE_TABLE, 5120, 36, 40, false, table);
    first("tnl1-65b", SCALE_TABLE, 8192, 72, 64, false, table);
    first("tnl1-175b", SCALE_TABLE, 12_288, 88, 96, false, table);
    String law = "layers, width and heads of arXiv 2406.16690; glu_dim by rule, gate_dim 16";
    third("tnl3-70m", 512, 6, 8, TnlConfig.releasedGluWidth(512), GATE, law);
    third("tnl3-160m", 768, 12, 8, TnlConfig.releasedGluWidth(768), GATE, law);
    third("tnl3-410m", 1024, 26, 8, TnlConfig.releasedGluWidth(1024), GATE, law);
    third("tnl3-410m-25", 1024, 25, 8, 2816, 128, "a configuration in use elsewhere");
    third("tnl3-1b", 1536, 32, 16, TnlConfig.releasedGluWidth(1536), GATE, law);
    third("tnl3-3b", 2560, 35, 20, TnlConfig.releasedGluWidth(2560), GATE, law);
    third("tnl3-7b", 4096, 32, 32, TnlConfig.releasedGluWidth(4096), GATE, law);
    third("tnl3-15b", 5120, 42, 40, 15_360, GATE, "");
  }

  private NamedSizes() {}

  /**
   * @throws InvalidConfigException for a second-generation name, with the reason
   */
  public static Optional<Entry> named(String name) {
    if (name.matches("(?i)(tnl2|transnormerllm2).*")) {
      throw new InvalidConfigException("", SecondGeneration.refusal(name));
    }
    return Optional.ofNullable(SIZES.get(name));
  }

  /** By generation and size. */
  public static SequencedMap<String, Entry> all() {
    return Collections.unmodifiableSequencedMap(SIZES);
  }

  private static void put(String name, TnlConfig config, String remark) {
    SIZES.put(name, new Entry(name, config, remark));
  }

  private static void first(
      String name, int vocab, int width, int layers, int heads, boolean scale, String remark) {
    put(
        name,
        new TnlConfig(
            vocab,
            width,
            layers,
            heads,
            TnlConfig.releasedGluWidth(width),
            scale,
            TnlConfig.lrpeInFirstLayer(layers),
            "silu",
            0.02,
            0,
            1,
            2),
        remark);
  }

  private static TnlConfig noActivation() {
    return new TnlConfig(
        SCALE_TABLE,
        1024,
        24,
        8,
        TnlConfig.releasedGluWidth(1024),
        true,
        TnlConfig.lrpeInFirstLayer(24),
        "none",
        0.02,
        0,
        50_260,
        50_260);
  }

  private static void third(
      String name, int width, int layers, int heads, int glu, int gate, String remark) {
    TnlConfig config =
        new TnlConfig(
                TIKTOKEN,
                width,
                layers,
                heads,
                glu,
                true,
                TnlConfig.lrpeInFirstLayer(layers),
                "silu",
                0.02,
                100_262,
                100_261,
                100_257)
            .withGate(gate);
    put(name, config, remark);
  }
}
