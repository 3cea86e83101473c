package org.transnormer.cleaning.recipe;

/** A rule that a recipe applies, by its name in the catalogue, and the limit it sets. */
public record RuleLimit(String rule, double limit) {}
