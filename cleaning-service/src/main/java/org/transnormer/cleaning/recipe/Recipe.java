package org.transnormer.cleaning.recipe;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.cleaning.recipe.InvalidRecipeException.Fault;
import org.transnormer.cleaning.rules.Profile;
import org.transnormer.cleaning.rules.Rule;
import org.transnormer.cleaning.rules.RuleCatalogue;
import org.transnormer.cleaning.text.TextStep;

/**
 * What a cleaning run does. Rules are judged in the order given; the first that fails is the
 * reason. Read with {@link #parse}, which refuses anything it does not know.
 *
 * @param languages kept by the rule {@code language}, as BCP 47 codes; empty keeps every language
 */
public record Recipe(
    String name,
    int version,
    String description,
    Profile profile,
    List<TextStep> text,
    Set<String> languages,
    List<RuleLimit> rules,
    DuplicateSpec duplicates,
    List<RoundSpec> rounds,
    HeldOutSpec heldOut) {

  /** Version of this format; the first key of every recipe. */
  public static final String FORMAT = "tnl/recipe/1";

  /** Each round trains a model, so nobody wants many. */
  public static final int MOST_ROUNDS = 4;

  public Recipe {
    text = Arrays.stream(TextStep.values()).filter(List.copyOf(text)::contains).toList();
    languages = Set.copyOf(languages);
    rules = List.copyOf(rules);
    rounds = List.copyOf(rounds);
  }

  /**
   * Reads JSON or YAML.
   *
   * @throws InvalidRecipeException with every fault found
   */
  public static Recipe parse(String jsonOrYaml) {
    return RecipeReader.read(jsonOrYaml);
  }

  /** Sorted keys, no white space: equal recipes have equal bytes. */
  public String canonicalJson() {
    return RecipeWriter.canonicalJson(this);
  }

  /**
   * SHA-256 over what the recipe does, in lower-case hex. Name, version and description are not
   * part of it: recipes that do the same have the same hash.
   */
  public String hash() {
    return Digests.sha256(RecipeWriter.contentJson(this).getBytes(UTF_8));
  }

  /**
   * Hash of what annotations depend on. Two recipes that share it differ in limits only and can be
   * decided on the same sidecars.
   */
  public String annotationHash() {
    return Digests.sha256(RecipeWriter.annotationJson(this).getBytes(UTF_8));
  }

  /**
   * The recipe with other limits. A rule that the recipe does not apply is added behind its others.
   *
   * @throws InvalidRecipeException for a rule that is not in the catalogue or a limit that is no
   *     number
   */
  public Recipe withLimits(Map<String, Double> limits) {
    RuleCatalogue catalogue = RuleCatalogue.of(profile);
    List<Fault> faults = new ArrayList<>();
    limits.forEach((rule, limit) -> {
      if (catalogue.find(rule).isEmpty()) {
        faults.add(new Fault("/limits/" + rule, "is not a rule"));
      } else if (!Double.isFinite(limit)) {
        faults.add(new Fault("/limits/" + rule, "must be a finite number"));
      }
    });
    if (!faults.isEmpty()) {
      throw new InvalidRecipeException(faults);
    }
    Map<String, Double> left = new HashMap<>(limits);
    List<RuleLimit> changed = new ArrayList<>();
    for (RuleLimit rule : rules) {
      Double limit = left.remove(rule.rule());
      changed.add(limit == null ? rule : new RuleLimit(rule.rule(), limit));
    }
    for (Rule rule : catalogue.rules()) {
      Double limit = left.get(rule.name());
      if (limit != null) {
        changed.add(new RuleLimit(rule.name(), limit));
      }
    }
    return withRules(changed);
  }

  public Recipe withRules(List<RuleLimit> other) {
    return new Recipe(
        name, version, description, profile, text, languages, other, duplicates, rounds, heldOut);
  }

  public Recipe withDuplicates(DuplicateSpec other) {
    return new Recipe(
        name, version, description, profile, text, languages, rules, other, rounds, heldOut);
  }

  public Recipe withRounds(List<RoundSpec> other) {
    return new Recipe(
        name, version, description, profile, text, languages, rules, duplicates, other, heldOut);
  }

  public Recipe withHeldOut(HeldOutSpec other) {
    return new Recipe(
        name, version, description, profile, text, languages, rules, duplicates, rounds, other);
  }

  /** Versions are given by the catalogue of recipes, not by their authors. */
  public Recipe withVersion(int other) {
    return new Recipe(
        name, other, description, profile, text, languages, rules, duplicates, rounds, heldOut);
  }

  @Override
  public String toString() {
    return name
        + " "
        + version
        + rules.stream().map(RuleLimit::rule).collect(Collectors.joining(", ", " [", "]"));
  }
}
