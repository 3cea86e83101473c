package org.transnormer.cleaning.recipe;

import java.util.List;
import java.util.Optional;

/** Every version of every recipe. A version never changes. */
public interface Recipes {

  /** The latest version of each recipe, by name. */
  List<StoredRecipe> latest();

  Optional<StoredRecipe> latest(String name);

  Optional<StoredRecipe> find(String name, int version);

  /** Newest first. */
  List<Integer> versions(String name);

  /** Adds the next version of a recipe, unless the latest already says the same. */
  StoredRecipe add(Recipe recipe, String author);
}
