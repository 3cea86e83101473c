package org.transnormer.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * How TransNormerLLM2 is told from its neighbours. Its files have the model type, the tensor names
 * and the shapes of the first generation, but its model card says that the two mixers of a block
 * run in parallel, and the block's code was never published: loaded as the first generation it
 * would answer, wrongly. So it is refused, by its name or by a layout that only it has.
 */
final class SecondGeneration {

  /**
   * In files written here: the generation, where the layout alone would be taken for the second.
   */
  static final String FIELD = "transnormer_generation";

  private static final Pattern NAME =
      Pattern.compile("(transnormerllm2|tnl2)([-_][0-9]+b)?", Pattern.CASE_INSENSITIVE);

  private SecondGeneration() {}

  /** The name by which a configuration or its folder says that it is of the second generation. */
  static Optional<String> named(JsonNode json, String folder) {
    if (json.path(FIELD).asInt(1) == 2) {
      return Optional.of("a " + FIELD + " of 2");
    }
    List<String> names = new ArrayList<>();
    if (!json.has(FIELD)) {
      names.add(folder);
    }
    for (String field :
        List.of("_name_or_path", "name", "model_name", "architectures", "auto_map")) {
      names.add(json.path(field).toString());
    }
    for (String name : names) {
      Matcher matcher = NAME.matcher(name);
      if (matcher.find()) {
        return Optional.of(matcher.group());
      }
    }
    return Optional.empty();
  }

  /** The released second-generation model that has these sizes and no first-generation one. */
  static Optional<String> layout(TnlConfig config) {
    if (config.generation() != 1 || config.scaleEmbedding() || config.vocabSize() != 64_000) {
      return Optional.empty();
    }
    List<Integer> sizes =
        List.of(config.width(), config.layers(), config.heads(), config.gluWidth());
    if (sizes.equals(List.of(2048, 16, 16, 5632))) {
      return Optional.of("TransNormerLLM2-1B");
    }
    return sizes.equals(List.of(2560, 32, 20, 6912))
        ? Optional.of("TransNormerLLM2-3B")
        : Optional.empty();
  }

  static String refusal(String model) {
    return "this is %s, a second-generation TransNormerLLM: its tensors would fit, but its block is"
            .formatted(model)
        + " another one, which was never published, so its answers would be wrong. The first and"
        + " the third generation are read; a first-generation model of these sizes says"
        + " \"%s\": 1".formatted(FIELD);
  }
}
