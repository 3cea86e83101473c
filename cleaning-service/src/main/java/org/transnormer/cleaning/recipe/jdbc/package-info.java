/** Recipes in PostgreSQL. */
@NullMarked
package org.transnormer.cleaning.recipe.jdbc;

import org.jspecify.annotations.NullMarked;
