/** Recipes over REST. */
@NullMarked
package org.transnormer.cleaning.recipe.web;

import org.jspecify.annotations.NullMarked;
