package org.transnormer.cleaning.recipe;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.transnormer.cleaning.recipe.DuplicateSpec.Scope;
import org.transnormer.cleaning.recipe.DuplicateSpec.Survivor;
import org.transnormer.cleaning.recipe.InvalidRecipeException.Fault;
import org.transnormer.cleaning.recipe.RoundSpec.CutSpec;
import org.transnormer.cleaning.recipe.RoundSpec.EvaluationSpec;
import org.transnormer.cleaning.recipe.RoundSpec.ReviewSpec;
import org.transnormer.cleaning.recipe.RoundSpec.Strata;
import org.transnormer.cleaning.rules.Profile;
import org.transnormer.cleaning.rules.Rule;
import org.transnormer.cleaning.rules.RuleCatalogue;
import org.transnormer.cleaning.text.TextStep;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** Reads recipes strictly: unknown fields, rules and languages are faults, and all are named. */
final class RecipeReader {
  private static final int MAX_CHARACTERS = 256 * 1024;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Set<String> LANGUAGES = Set.of(Locale.getISOLanguages());

  /** JSON is YAML, so that one reader serves both. */
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final List<Fault> faults = new ArrayList<>();

  private RecipeReader() {}

  static Recipe read(String source) {
    return new RecipeReader().recipe(tree(source));
  }

  private static JsonNode tree(String source) {
    if (source.length() > MAX_CHARACTERS) {
      throw fault("is longer than " + MAX_CHARACTERS + " characters");
    }
    try {
      return MAPPER.readTree(source);
    } catch (JacksonException | IllegalArgumentException e) {
      String reason = e instanceof JacksonException j ? j.getOriginalMessage() : e.getMessage();
      throw fault("is neither JSON nor YAML: " + reason);
    }
  }

  private static InvalidRecipeException fault(String detail) {
    return new InvalidRecipeException(List.of(new Fault("", detail)));
  }

  private Recipe recipe(JsonNode tree) {
    if (!tree.isObject()) {
      throw fault("must be an object");
    }
    ObjectFields fields = new ObjectFields(tree, "", faults);
    if (!fields.text("format", "").equals(Recipe.FORMAT)) {
      fields.fault("format", "must be " + Recipe.FORMAT);
    }
    String name = fields.text("name", "");
    if (!NAME.matcher(name).matches()) {
      fields.fault("name", "must be lower-case letters, digits and hyphens, at most 63");
    }
    Profile profile = profile(fields);
    Recipe recipe =
        new Recipe(
            name,
            fields.integer("version", 1, 1, Integer.MAX_VALUE),
            fields.text("description", ""),
            profile,
            text(fields),
            languages(fields),
            rules(fields, RuleCatalogue.of(profile)),
            duplicates(fields.object("duplicates")),
            rounds(fields),
            heldOut(fields.object("heldOut")));
    requireLanguages(fields, recipe);
    fields.close();
    if (!faults.isEmpty()) {
      throw new InvalidRecipeException(faults);
    }
    return recipe;
  }

  private static void requireLanguages(ObjectFields fields, Recipe recipe) {
    boolean judged = recipe.rules().stream().anyMatch(r -> r.rule().equals(RuleCatalogue.LANGUAGE));
    if (judged && recipe.languages().isEmpty()) {
      fields.fault("languages", "must name at least one, since the rule language is applied");
    }
  }

  private static Profile profile(ObjectFields fields) {
    String label = fields.text("profile", Profile.DATATROVE_0_10.label());
    for (Profile profile : Profile.values()) {
      if (profile.label().equals(label)) {
        return profile;
      }
    }
    fields.fault("profile", "is not known");
    return Profile.DATATROVE_0_10;
  }

  private List<TextStep> text(ObjectFields fields) {
    EnumSet<TextStep> steps = EnumSet.noneOf(TextStep.class);
    List<JsonNode> list = fields.list("text");
    for (int i = 0; i < list.size(); i++) {
      String label = list.get(i).isString() ? list.get(i).asString() : "";
      Optional<TextStep> step = step(label);
      if (step.isEmpty()) {
        faults.add(new Fault("/text/" + i, "is not a text step"));
      } else if (!steps.add(step.get())) {
        faults.add(new Fault("/text/" + i, "is named twice"));
      }
    }
    return List.copyOf(steps);
  }

  private static Optional<TextStep> step(String label) {
    for (TextStep step : TextStep.values()) {
      if (step.label().equals(label)) {
        return Optional.of(step);
      }
    }
    return Optional.empty();
  }

  private Set<String> languages(ObjectFields fields) {
    Set<String> codes = new TreeSet<>();
    List<JsonNode> list = fields.list("languages");
    for (int i = 0; i < list.size(); i++) {
      String code = list.get(i).isString() ? list.get(i).asString() : "";
      if (LANGUAGES.contains(code)) {
        codes.add(code);
      } else {
        faults.add(new Fault("/languages/" + i, "must be a language code of two letters"));
      }
    }
    return codes;
  }

  private List<RuleLimit> rules(ObjectFields fields, RuleCatalogue catalogue) {
    List<RuleLimit> rules = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    List<JsonNode> list = fields.list("rules");
    for (int i = 0; i < list.size(); i++) {
      String pointer = "/rules/" + i;
      // A bare name takes the source's limit.
      ObjectFields rule =
          list.get(i).isString() ? null : new ObjectFields(list.get(i), pointer, faults);
      String name = rule == null ? list.get(i).asString() : rule.text("rule", "");
      Optional<Rule> known = catalogue.find(name);
      if (known.isEmpty()) {
        faults.add(new Fault(rule == null ? pointer : pointer + "/rule", "is not a rule: " + name));
      } else if (!seen.add(name)) {
        faults.add(new Fault(pointer, "names " + name + " for the second time"));
      }
      double source = known.map(Rule::limit).orElse(0.0);
      double limit = rule == null ? source : rule.number("limit", source, 0, 1e15);
      if (rule != null) {
        rule.close();
      }
      rules.add(new RuleLimit(name, limit));
    }
    return rules;
  }

  private static DuplicateSpec duplicates(ObjectFields fields) {
    DuplicateSpec absent = DuplicateSpec.STANDARD;
    DuplicateSpec spec =
        new DuplicateSpec(
            fields.flag("exact", absent.exact()),
            fields.flag("near", absent.near()),
            fields.constant("scope", absent.scope(), Scope.class),
            fields.integer("bands", absent.bands(), 1, 64),
            fields.integer("rows", absent.rows(), 1, 64),
            fields.integer("words", absent.words(), 1, 32),
            fields.whole("seed", absent.seed(), Long.MIN_VALUE, Long.MAX_VALUE),
            fields.constant("survivor", absent.survivor(), Survivor.class));
    fields.close();
    return spec;
  }

  private List<RoundSpec> rounds(ObjectFields fields) {
    List<JsonNode> list = fields.list("rounds");
    if (list.size() > Recipe.MOST_ROUNDS) {
      fields.fault("rounds", "are at most " + Recipe.MOST_ROUNDS);
    }
    List<RoundSpec> rounds = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      ObjectFields round = new ObjectFields(list.get(i), "/rounds/" + i, faults);
      rounds.add(
          new RoundSpec(
              evaluation(round.object("evaluation")),
              cut(round.object("cut")),
              review(round.object("review"))));
      round.close();
    }
    return rounds;
  }

  private static EvaluationSpec evaluation(ObjectFields fields) {
    EvaluationSpec spec =
        new EvaluationSpec(
            fields.integer("vocabulary", 1024, 260, 1 << 20),
            fields.integer("width", 128, 8, 1 << 14),
            fields.integer("layers", 2, 1, 256),
            fields.integer("heads", 4, 1, 1024),
            fields.integer("gluWidth", 256, 8, 1 << 16),
            fields.integer("steps", 300, 1, 10_000_000),
            fields.integer("sequences", 8, 1, 1 << 16),
            fields.integer("sequenceLength", 256, 8, 1 << 20),
            fields.number("learningRate", 3e-3, 1e-9, 1),
            fields.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE),
            fields.integer("window", 0, 0, 1 << 30),
            fields.whole("trainTokens", 0, 0, Long.MAX_VALUE));
    if (spec.width() % spec.heads() != 0) {
      fields.fault("heads", "must divide width");
    }
    fields.close();
    return spec;
  }

  private static CutSpec cut(ObjectFields fields) {
    CutSpec spec =
        new CutSpec(
            fields.number("lowestPercent", 0, 0, 100),
            fields.number("highestPercent", 5, 0, 100),
            fields.constant("strata", Strata.CORPUS, Strata.class),
            fields.integer("minimum", 100, 1, Integer.MAX_VALUE));
    if (spec.lowestPercent() + spec.highestPercent() >= 100) {
      fields.fault("highestPercent", "leaves nothing between the two cuts");
    }
    fields.close();
    return spec;
  }

  private static ReviewSpec review(ObjectFields fields) {
    ReviewSpec spec =
        new ReviewSpec(
            fields.integer("documents", 0, 0, 100_000),
            fields.number("bandPercent", 2, 0, 50),
            fields.flag("autoAccept", true));
    fields.close();
    return spec;
  }

  private static HeldOutSpec heldOut(ObjectFields fields) {
    HeldOutSpec spec =
        new HeldOutSpec(
            fields.number("share", 0.01, 0, 0.5),
            fields.whole("seed", 1, Long.MIN_VALUE, Long.MAX_VALUE));
    fields.close();
    return spec;
  }
}
