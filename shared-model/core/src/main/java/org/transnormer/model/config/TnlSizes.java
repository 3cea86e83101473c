package org.transnormer.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The released first-generation models by name, with the configurations they were published in. */
public final class TnlSizes {

  private static final Map<String, TnlConfig> SIZES = new TreeMap<>();

  static {
    SIZES.put("tnl1-385m", released(64_000, 1024, 24, 8, true));
    SIZES.put(
        "tnl1-385m-no-act",
        new TnlConfig(
            50_272,
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
            50_260));
    SIZES.put("tnl1-1b", released(64_000, 2048, 16, 16, true));
    SIZES.put("tnl1-7b", released(64_000, 4096, 30, 32, false));
  }

  private TnlSizes() {}

  public static Optional<TnlConfig> named(String name) {
    return Optional.ofNullable(SIZES.get(name));
  }

  public static List<String> names() {
    return new ArrayList<>(SIZES.keySet());
  }

  private static TnlConfig released(
      int vocabSize, int width, int layers, int heads, boolean scaleEmbedding) {
    return new TnlConfig(
        vocabSize,
        width,
        layers,
        heads,
        TnlConfig.releasedGluWidth(width),
        scaleEmbedding,
        TnlConfig.lrpeInFirstLayer(layers),
        "silu",
        0.02,
        0,
        1,
        2);
  }
}
