package org.transnormer.cleaning.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.cleaning.recipe.InvalidRecipeException.Fault;
import org.transnormer.cleaning.rules.Profile;
import org.transnormer.cleaning.rules.RuleCatalogue;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RecipeTest {
  private static final String SMALLEST = "{\"format\":\"tnl/recipe/1\",\"name\":\"small\"}";

  @Test
  void builtInRecipesAreValidAndSurviveTheWayThroughJson() {
    for (Recipe recipe : BuiltInRecipes.all()) {
      assertThat(Recipe.parse(recipe.canonicalJson())).isEqualTo(recipe);
      assertThat(recipe.hash()).hasSize(64);
    }
    assertThat(BuiltInRecipes.all())
        .extracting(Recipe::name)
        .containsExactly("standard", "demo", "demo-fast");
  }

  @Test
  void yamlAndJsonOfTheSameRecipeHaveTheSameHash() {
    Recipe yaml =
        Recipe.parse("format: tnl/recipe/1\nname: small\nrules: [empty, {rule: list_ratio}]\n");
    Recipe json =
        Recipe.parse(
            "{\"rules\":[\"empty\",{\"rule\":\"list_ratio\",\"limit\":0.3}],"
                + "\"name\":\"small\",\"format\":\"tnl/recipe/1\"}");

    assertThat(yaml.hash()).isEqualTo(json.hash());
  }

  @Test
  void nameVersionAndDescriptionDoNotChangeTheHash() {
    Recipe recipe = Recipe.parse(SMALLEST);

    assertThat(recipe.withVersion(7).hash()).isEqualTo(recipe.hash());
    assertThat(recipe.withVersion(7).canonicalJson()).isNotEqualTo(recipe.canonicalJson());
  }

  @Test
  void aLimitChangesTheHashButNotTheAnnotation() {
    Recipe recipe = BuiltInRecipes.all().getFirst();

    Recipe changed = recipe.withLimits(Map.of("gopher_short_doc", 10.0, "url_ratio", 0.5));

    assertThat(changed.hash()).isNotEqualTo(recipe.hash());
    assertThat(changed.annotationHash()).isEqualTo(recipe.annotationHash());
    assertThat(changed.rules()).contains(new RuleLimit("gopher_short_doc", 10));
    assertThat(changed.rules().getLast()).isEqualTo(new RuleLimit("url_ratio", 0.5));
  }

  @Test
  void aTextStepChangesTheAnnotation() {
    Recipe plain = Recipe.parse(SMALLEST);
    Recipe composed =
        Recipe.parse("{\"format\":\"tnl/recipe/1\",\"name\":\"a\",\"text\":[\"unicode-nfc\"]}");

    assertThat(composed.annotationHash()).isNotEqualTo(plain.annotationHash());
  }

  @Test
  void namesEveryFaultWithItsPlace() {
    InvalidRecipeException refused =
        catchThrowableOfType(
            InvalidRecipeException.class,
            () ->
                Recipe.parse(
                    """
                    format: tnl/recipe/1
                    name: Bad Name
                    colour: red
                    text: [unicode-nfc, magic]
                    languages: [eng]
                    rules: [no_such_rule, {rule: empty, limit: -1, extra: 2}]
                    duplicates: {bands: 0, scope: galaxy}
                    heldOut: {share: 0.7}
                    rounds:
                      - {evaluation: {width: 100, heads: 3}, cut: {lowestPercent: 60, highestPercent: 60}}
                    """));

    assertThat(refused.faults())
        .extracting(Fault::pointer)
        .containsExactlyInAnyOrder(
            "/name",
            "/colour",
            "/text/1",
            "/languages/0",
            "/rules/0",
            "/rules/1/limit",
            "/rules/1/extra",
            "/duplicates/bands",
            "/duplicates/scope",
            "/heldOut/share",
            "/rounds/0/evaluation/heads",
            "/rounds/0/cut/highestPercent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{\"format\":\"tnl/recipe/1\",\"name\":\"a\",\"name\":\"b\"}",
        "{\"format\":\"tnl/recipe/2\",\"name\":\"a\"}",
        "{\"format\":\"tnl/recipe/1\",\"name\":\"a\",\"rules\":[\"empty\",\"empty\"]}",
        "{\"format\":\"tnl/recipe/1\",\"name\":\"a\",\"rules\":[\"language\"]}",
        "{\"format\":\"tnl/recipe/1\",\"name\":\"a\",\"rules\":[{\"rule\":\"empty\",\"limit\":\"x\"}]}",
        "{\"format\":\"tnl/recipe/1\",\"name\":\"a\",\"rules\":[{\"rule\":\"empty\",\"limit\":.nan}]}",
        "a: &a [x, x]\nb: &b [*a, *a]\n"
      })
  void refusesWhatIsNoRecipe(String source) {
    assertThatThrownBy(() -> Recipe.parse(source)).isInstanceOf(InvalidRecipeException.class);
  }

  @ParameterizedTest
  @CsvSource({"no_such_rule,1", "empty,NaN"})
  void refusesLimitsThatAreNone(String rule, double limit) {
    Recipe recipe = Recipe.parse(SMALLEST);

    assertThatThrownBy(() -> recipe.withLimits(Map.of(rule, limit)))
        .isInstanceOf(InvalidRecipeException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void theSchemaNamesWhatTheReaderKnows() {
    JsonNode schema = JsonMapper.shared().readTree(BuiltInRecipes.schema());
    JsonNode recipe = JsonMapper.shared().readTree(BuiltInRecipes.all().getLast().canonicalJson());

    assertThat(names(schema.get("properties"))).containsAll(names(recipe));
    for (String part : List.of("duplicates", "heldOut")) {
      assertThat(names(schema.at("/properties/" + part + "/properties")))
          .containsExactlyInAnyOrderElementsOf(names(recipe.get(part)));
    }
    for (String part : List.of("evaluation", "cut", "review")) {
      assertThat(names(schema.at("/properties/rounds/items/properties/" + part + "/properties")))
          .containsExactlyInAnyOrderElementsOf(names(recipe.at("/rounds/0/" + part)));
    }
  }

  private static List<String> names(JsonNode object) {
    return object.propertyStream().map(Map.Entry::getKey).toList();
  }

  @Test
  void everyRuleOfTheCatalogueHasAMeaning() {
    assertThat(RuleCatalogue.of(Profile.DATATROVE_0_10).rules())
        .hasSizeGreaterThan(40)
        .allSatisfy(rule -> assertThat(rule.meaning()).isNotBlank());
  }
}
