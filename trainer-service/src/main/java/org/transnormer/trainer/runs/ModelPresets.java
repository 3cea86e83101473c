package org.transnormer.trainer.runs;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.config.TnlSizes;

/** Sizes that a specification may name; the vocabulary always comes from the token set. */
final class ModelPresets {

  record Sizes(
      int width, int layers, int heads, int gluWidth, boolean scaleEmbedding, String activation) {}

  /** Small enough for two cores: the demo's, and one to score documents with. */
  private static final Map<String, Sizes> OWN =
      new TreeMap<>(
          Map.of(
              "demo-main", new Sizes(192, 4, 4, 512, true, "silu"),
              "demo-evaluation", new Sizes(128, 3, 4, 256, true, "silu"),
              "demo-fast", new Sizes(64, 2, 2, 192, true, "silu")));

  private ModelPresets() {}

  static Optional<Sizes> named(String name) {
    return Optional.ofNullable(OWN.get(name)).or(() -> TnlSizes.named(name).map(ModelPresets::of));
  }

  static SortedSet<String> names() {
    SortedSet<String> names = new TreeSet<>(OWN.keySet());
    names.addAll(TnlSizes.names());
    return names;
  }

  private static Sizes of(TnlConfig released) {
    return new Sizes(
        released.width(),
        released.layers(),
        released.heads(),
        released.gluWidth(),
        released.scaleEmbedding(),
        released.activation());
  }
}
