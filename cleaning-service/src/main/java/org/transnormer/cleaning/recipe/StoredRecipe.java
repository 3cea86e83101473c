package org.transnormer.cleaning.recipe;

import java.time.Instant;

/** A version of a recipe with who added it. */
public record StoredRecipe(Recipe recipe, String hash, String author, Instant createdAt) {}
