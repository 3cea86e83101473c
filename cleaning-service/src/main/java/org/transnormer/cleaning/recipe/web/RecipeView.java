package org.transnormer.cleaning.recipe.web;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.transnormer.cleaning.recipe.StoredRecipe;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * @param versions that exist, newest first
 * @param recipe in the form in which recipes are added
 */
record RecipeView(
    String name,
    int version,
    String description,
    List<Integer> versions,
    String hash,
    @Schema(type = "object") JsonNode recipe,
    Instant createdAt,
    String createdBy) {

  static RecipeView of(StoredRecipe stored, List<Integer> versions) {
    return new RecipeView(
        stored.recipe().name(),
        stored.recipe().version(),
        stored.recipe().description(),
        versions,
        stored.hash(),
        JsonMapper.shared().readTree(stored.recipe().canonicalJson()),
        stored.createdAt(),
        stored.author());
  }
}
