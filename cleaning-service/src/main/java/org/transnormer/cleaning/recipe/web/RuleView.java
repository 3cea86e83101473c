package org.transnormer.cleaning.recipe.web;

import org.transnormer.cleaning.rules.Rule;

/** A rule as a recipe can name it. */
record RuleView(String name, Rule.Family family, Rule.Bound bound, double limit, String meaning) {
  static RuleView of(Rule rule) {
    return new RuleView(rule.name(), rule.family(), rule.bound(), rule.limit(), rule.meaning());
  }
}
