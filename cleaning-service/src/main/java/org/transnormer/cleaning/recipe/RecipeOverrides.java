package org.transnormer.cleaning.recipe;

import java.util.List;
import java.util.Set;
import org.transnormer.cleaning.recipe.InvalidRecipeException.Fault;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** What one run does otherwise than its recipe: a JSON merge patch (RFC 7396). */
public final class RecipeOverrides {

  /** These say which recipe it is. */
  private static final Set<String> FIXED = Set.of("format", "name", "version");

  private RecipeOverrides() {}

  /**
   * @throws InvalidRecipeException if the patched recipe cannot be run
   */
  public static Recipe apply(Recipe recipe, ObjectNode patch) {
    for (String field : FIXED) {
      if (patch.has(field)) {
        throw new InvalidRecipeException(List.of(new Fault("/" + field, "cannot be overridden")));
      }
    }
    JsonMapper mapper = JsonMapper.shared();
    JsonNode merged = merge(mapper.readTree(recipe.canonicalJson()), patch);
    return Recipe.parse(mapper.writeValueAsString(merged));
  }

  private static JsonNode merge(JsonNode target, JsonNode patch) {
    if (!(patch instanceof ObjectNode changes)) {
      return patch;
    }
    ObjectNode result =
        target instanceof ObjectNode object
            ? object.deepCopy()
            : JsonMapper.shared().createObjectNode();
    changes
        .properties()
        .forEach(change -> {
          String name = change.getKey();
          if (change.getValue().isNull()) {
            result.remove(name);
          } else {
            JsonNode old = result.get(name);
            JsonNode from = old == null ? JsonMapper.shared().createObjectNode() : old;
            result.set(name, merge(from, change.getValue()));
          }
        });
    return result;
  }
}
