package org.transnormer.cleaning.recipe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Recipes that come with the platform. */
public final class BuiltInRecipes {
  /** In the order in which they are offered. */
  public static final List<String> NAMES = List.of("standard", "demo", "demo-fast");

  private BuiltInRecipes() {}

  public static List<Recipe> all() {
    return NAMES.stream().map(BuiltInRecipes::read).toList();
  }

  /** JSON Schema (2020-12) of a recipe. */
  public static String schema() {
    return resource("/recipes/recipe.schema.json");
  }

  private static Recipe read(String name) {
    return Recipe.parse(resource("/recipes/" + name + ".yaml"));
  }

  private static String resource(String path) {
    try (InputStream in = BuiltInRecipes.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + path);
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
