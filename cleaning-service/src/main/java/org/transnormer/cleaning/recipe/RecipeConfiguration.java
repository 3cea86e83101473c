package org.transnormer.cleaning.recipe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class RecipeConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger(RecipeConfiguration.class);
  private static final String PLATFORM = "platform";

  /** Recipes that come with the platform are versions like any other; a new one is added once. */
  @Bean
  InitializingBean builtInRecipes(Recipes recipes) {
    return () -> {
      for (Recipe recipe : BuiltInRecipes.all()) {
        StoredRecipe stored = recipes.add(recipe, PLATFORM);
        LOG.debug("recipe {} {}", recipe.name(), stored.recipe().version());
      }
    };
  }
}
