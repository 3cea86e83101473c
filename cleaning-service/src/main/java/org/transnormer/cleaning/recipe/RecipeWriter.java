package org.transnormer.cleaning.recipe;

import java.util.Locale;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Recipes as JSON; the reverse of {@link RecipeReader}. */
final class RecipeWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private RecipeWriter() {}

  static String canonicalJson(Recipe recipe) {
    ObjectNode node = content(recipe);
    node.put("name", recipe.name());
    node.put("version", recipe.version());
    node.put("description", recipe.description());
    return MAPPER.writeValueAsString(sorted(node));
  }

  static String contentJson(Recipe recipe) {
    return MAPPER.writeValueAsString(sorted(content(recipe)));
  }

  static String annotationJson(Recipe recipe) {
    ObjectNode node = NODES.objectNode();
    node.put("format", "tnl/annotation/1");
    node.put("profile", recipe.profile().label());
    node.set("text", text(recipe));
    ObjectNode duplicates = duplicates(recipe.duplicates());
    duplicates.remove("exact");
    duplicates.remove("survivor");
    node.set("duplicates", duplicates);
    return MAPPER.writeValueAsString(sorted(node));
  }

  private static ObjectNode content(Recipe recipe) {
    ObjectNode node = NODES.objectNode();
    node.put("format", Recipe.FORMAT);
    node.put("profile", recipe.profile().label());
    node.set("text", text(recipe));
    ArrayNode languages = node.putArray("languages");
    recipe.languages().stream().sorted().forEach(languages::add);
    ArrayNode rules = node.putArray("rules");
    recipe
        .rules()
        .forEach(rule -> rules.addObject().put("rule", rule.rule()).put("limit", rule.limit()));
    node.set("duplicates", duplicates(recipe.duplicates()));
    ArrayNode rounds = node.putArray("rounds");
    recipe.rounds().forEach(round -> rounds.add(round(round)));
    node.putObject("heldOut")
        .put("share", recipe.heldOut().share())
        .put("seed", recipe.heldOut().seed());
    return node;
  }

  private static ArrayNode text(Recipe recipe) {
    ArrayNode steps = NODES.arrayNode();
    recipe.text().forEach(step -> steps.add(step.label()));
    return steps;
  }

  private static ObjectNode duplicates(DuplicateSpec spec) {
    return NODES
        .objectNode()
        .put("exact", spec.exact())
        .put("near", spec.near())
        .put("scope", label(spec.scope()))
        .put("bands", spec.bands())
        .put("rows", spec.rows())
        .put("words", spec.words())
        .put("seed", spec.seed())
        .put("survivor", label(spec.survivor()));
  }

  private static ObjectNode round(RoundSpec round) {
    ObjectNode node = NODES.objectNode();
    RoundSpec.EvaluationSpec model = round.evaluation();
    node.putObject("evaluation")
        .put("vocabulary", model.vocabulary())
        .put("width", model.width())
        .put("layers", model.layers())
        .put("heads", model.heads())
        .put("gluWidth", model.gluWidth())
        .put("steps", model.steps())
        .put("sequences", model.sequences())
        .put("sequenceLength", model.sequenceLength())
        .put("learningRate", model.learningRate())
        .put("seed", model.seed())
        .put("window", model.window())
        .put("trainTokens", model.trainTokens());
    node.putObject("cut")
        .put("lowestPercent", round.cut().lowestPercent())
        .put("highestPercent", round.cut().highestPercent())
        .put("strata", label(round.cut().strata()))
        .put("minimum", round.cut().minimum());
    node.putObject("review")
        .put("documents", round.review().documents())
        .put("bandPercent", round.review().bandPercent())
        .put("autoAccept", round.review().autoAccept());
    return node;
  }

  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Objects with keys in code-unit order, at every depth. */
  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      TreeMap<String, JsonNode> fields = new TreeMap<>();
      object.properties().forEach(field -> fields.put(field.getKey(), sorted(field.getValue())));
      ObjectNode copy = NODES.objectNode();
      fields.forEach(copy::set);
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = NODES.arrayNode();
      array.forEach(element -> copy.add(sorted(element)));
      return copy;
    }
    return node;
  }
}
