package org.transnormer.cleaning.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Every rule of a profile, in the order in which a sidecar's columns lie. */
public final class RuleCatalogue {

  /**
   * The one rule whose value depends on the recipe: the confidence in the text's language if the
   * recipe keeps it, else 0.
   */
  public static final String LANGUAGE = "language";

  private final Map<String, Rule> byName;

  private RuleCatalogue(List<Rule> rules) {
    byName = new LinkedHashMap<>();
    rules.forEach(rule -> byName.put(rule.name(), rule));
    if (byName.size() != rules.size()) {
      throw new IllegalStateException("two rules share a name");
    }
  }

  public static RuleCatalogue of(Profile profile) {
    return switch (profile) {
      case DATATROVE_0_10 -> new RuleCatalogue(withLanguage(Measures.rules()));
    };
  }

  private static List<Rule> withLanguage(List<Rule> measured) {
    List<Rule> rules = new ArrayList<>(measured);
    rules.add(
        new Rule(
            LANGUAGE,
            Rule.Family.LANGUAGE,
            Rule.Bound.AT_LEAST,
            0.65,
            "confidence that the text is in a language the recipe keeps; FineWeb's limit"));
    return rules;
  }

  public List<Rule> rules() {
    return List.copyOf(byName.values());
  }

  public Optional<Rule> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
