package org.transnormer.cleaning.recipe.web;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.transnormer.cleaning.recipe.BuiltInRecipes;
import org.transnormer.cleaning.recipe.InvalidRecipeException;
import org.transnormer.cleaning.recipe.Recipe;
import org.transnormer.cleaning.recipe.Recipes;
import org.transnormer.cleaning.recipe.StoredRecipe;
import org.transnormer.cleaning.rules.Profile;
import org.transnormer.cleaning.rules.RuleCatalogue;
import org.transnormer.support.Page;
import org.transnormer.support.openapi.Answers;
import org.transnormer.support.problems.ConflictProblem;
import org.transnormer.support.problems.FieldError;
import org.transnormer.support.problems.InvalidProblem;
import org.transnormer.support.problems.NotFoundProblem;
import org.transnormer.support.security.Caller;

@RestController
@Tag(name = "recipes", description = "Versioned rules and limits for cleaning")
@RequestMapping("/api/v1/recipes")
class RecipeController {

  private static final String YAML = "application/yaml";

  /** They are paths of this resource. */
  private static final Set<String> RESERVED = Set.of("schema", "rules", "validate");

  private final Recipes recipes;

  RecipeController(Recipes recipes) {
    this.recipes = recipes;
  }

  @Operation(summary = "List recipes at their latest versions")
  @GetMapping
  Page<RecipeView> list() {
    return new Page<>(recipes.latest().stream().map(this::view).toList(), null);
  }

  @Operation(summary = "A recipe, at its latest version or another")
  @GetMapping("/{name}")
  RecipeView one(@PathVariable String name, @RequestParam @Nullable Integer version) {
    var found = version == null ? recipes.latest(name) : recipes.find(name, version);
    return found
        .map(this::view)
        .orElseThrow(
            () -> new NotFoundProblem("recipe", version == null ? name : name + " " + version));
  }

  /** Adds a recipe, or the next version of one. */
  @Operation(summary = "Add a recipe, or the next version of one")
  @Answers(problems = 409)
  @ResponseStatus(HttpStatus.CREATED)
  @PostMapping(consumes = {MediaType.APPLICATION_JSON_VALUE, YAML})
  ResponseEntity<RecipeView> add(
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(type = "object")))
          @RequestBody
          String body) {
    Recipe recipe = parse(body);
    if (RESERVED.contains(recipe.name())) {
      throw new InvalidProblem("/name", "is reserved");
    }
    if (BuiltInRecipes.NAMES.contains(recipe.name())) {
      throw new ConflictProblem(
          "the recipe '%s' comes with the platform; give yours another name"
              .formatted(recipe.name()));
    }
    StoredRecipe stored = recipes.add(recipe, Caller.current().name());
    URI location =
        URI.create(
            "/api/v1/recipes/%s?version=%d".formatted(recipe.name(), stored.recipe().version()));
    return ResponseEntity.created(location).body(view(stored));
  }

  /** Says everything that is wrong with a recipe without adding it. */
  @Operation(summary = "Say everything that is wrong with a recipe without adding it")
  @PostMapping(
      path = "/validate",
      consumes = {MediaType.APPLICATION_JSON_VALUE, YAML})
  Validation validate(
      @io.swagger.v3.oas.annotations.parameters.RequestBody(
              content = @Content(schema = @Schema(type = "object")))
          @RequestBody
          String body) {
    try {
      return new Validation(true, Recipe.parse(body).hash(), List.of());
    } catch (InvalidRecipeException e) {
      return new Validation(false, null, RecipeProblems.errors(e, ""));
    }
  }

  @Operation(summary = "The JSON schema of recipes")
  @GetMapping(path = "/schema", produces = MediaType.APPLICATION_JSON_VALUE)
  @io.swagger.v3.oas.annotations.responses.ApiResponse(
      responseCode = "200",
      content = @Content(schema = @Schema(type = "object")))
  String schema() {
    return BuiltInRecipes.schema();
  }

  /** Every rule that a recipe can apply, with the limit of its source. */
  @Operation(summary = "Every rule that a recipe can apply, with the limit of its source")
  @GetMapping("/rules")
  Page<RuleView> rules() {
    return new Page<>(
        RuleCatalogue.of(Profile.DATATROVE_0_10).rules().stream().map(RuleView::of).toList(), null);
  }

  /**
   * @param hash of the recipe, if it is valid
   */
  record Validation(boolean valid, @Nullable String hash, List<FieldError> errors) {}

  private RecipeView view(StoredRecipe stored) {
    return RecipeView.of(stored, recipes.versions(stored.recipe().name()));
  }

  private static Recipe parse(String body) {
    try {
      return Recipe.parse(body);
    } catch (InvalidRecipeException e) {
      throw RecipeProblems.problem(e, "");
    }
  }
}
