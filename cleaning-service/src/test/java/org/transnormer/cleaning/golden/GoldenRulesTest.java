package org.transnormer.cleaning.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.cleaning.rules.Measures;
import org.transnormer.cleaning.rules.Rule;
import org.transnormer.cleaning.rules.Rule.Family;
import org.transnormer.cleaning.text.CharacterClass;
import org.transnormer.cleaning.text.DocumentText;
import tools.jackson.databind.JsonNode;

class GoldenRulesTest {
  private static final Map<String, JsonNode> DOCUMENTS = GoldenFiles.lines("documents.jsonl.gz");
  private static final Map<String, JsonNode> EXPECTED = GoldenFiles.lines("expected.jsonl.gz");

  private final DocumentText text = new DocumentText();
  private final Measures measures = new Measures();

  private static String textOf(String id) {
    JsonNode document = DOCUMENTS.get(id);
    return document == null ? "" : document.get("text").asString();
  }

  /**
   * spaCy loses words that are named like its own attributes; a text with such a word is no guide.
   */
  private static boolean isUsable(String id) {
    return !textOf(id).contains("IS_ALPHA");
  }

  private Map<String, Double> measure(String id) {
    double[] values = measures.measure(text.load(textOf(id)));
    Map<String, Double> byRule = new HashMap<>();
    List<Rule> rules = Measures.rules();
    for (int i = 0; i < values.length; i++) {
      byRule.put(rules.get(i).name(), values[i]);
    }
    return byRule;
  }

  @Test
  void classesOfCharactersAreThoseOfTheGoldenSets() {
    JsonNode sets = GoldenFiles.json("character-sets.json");
    List<Integer> punctuation = new ArrayList<>();
    List<Integer> terminal = new ArrayList<>();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (CharacterClass.is(c, CharacterClass.PUNCTUATION)) {
        punctuation.add(c);
      }
      if (CharacterClass.is(c, CharacterClass.TERMINAL)) {
        terminal.add(c);
      }
    }
    assertThat(punctuation).isEqualTo(ints(sets.get("punctuation_set")));
    assertThat(terminal).isEqualTo(ints(sets.get("terminal")));
  }

  private static List<Integer> ints(JsonNode list) {
    return list.valueStream().map(JsonNode::asInt).toList();
  }

  @Test
  void splitsWordsAsTheReferenceDoes() {
    Map<String, JsonNode> tokens = GoldenFiles.lines("tokens.jsonl.gz");
    List<String> differing = new ArrayList<>();
    int compared = 0;
    for (Map.Entry<String, JsonNode> entry : tokens.entrySet()) {
      if (!isUsable(entry.getKey())) {
        continue;
      }
      text.load(textOf(entry.getKey()));
      List<String> words = new ArrayList<>();
      for (int i = 0; i < text.words(); i++) {
        words.add(text.word(i));
      }
      List<String> golden =
          entry.getValue().get("words").valueStream().map(JsonNode::asString).toList();
      compared++;
      if (!words.equals(golden)) {
        differing.add(entry.getKey());
      }
    }
    assertThat(compared).isGreaterThan(170);
    assertThat(differing).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void measuresWhatDoesNotNeedWordsExactly() {
    EXPECTED.forEach((id, line) -> {
      JsonNode golden = line.get("values");
      Map<String, Double> values = measure(id);
      assertThat(text.length()).as(id).isEqualTo(golden.get("length").asInt());
      same(id, values, "dup_para_frac", golden, "dup_paragraphs", "paragraphs");
      same(id, values, "dup_para_char_frac", golden, "dup_paragraph_chars", "length");
      same(id, values, "dup_line_frac", golden, "dup_lines", "lines");
      same(id, values, "dup_line_char_frac", golden, "dup_line_chars", "length");
      same(id, values, "gopher_too_many_bullets", golden, "bullet_lines", "splitlines");
      same(id, values, "gopher_too_many_end_ellipsis", golden, "end_ellipsis_lines", "splitlines");
      same(id, values, "line_punct_ratio", golden, "punct_lines", "nonblank_lines");
      same(id, values, "short_line_ratio", golden, "short_lines", "nonblank_lines");
      same(id, values, "char_dup_ratio", golden, "dup_nonblank_chars", "chars_without_newline");
    });
  }

  private static void same(
      String id,
      Map<String, Double> values,
      String rule,
      JsonNode golden,
      String numerator,
      String denominator) {
    if (!golden.has(numerator) || !golden.has(denominator)) {
      return;
    }
    assertThat(values.get(rule))
        .as(id + " " + rule)
        .isEqualTo(
            (Double) (golden.get(numerator).asDouble() / golden.get(denominator).asDouble()));
  }

  @Test
  void measuresWhatNeedsWordsExactlyWhereTheWordsAgree() {
    int compared = 0;
    int usable = 0;
    for (Map.Entry<String, JsonNode> entry : EXPECTED.entrySet()) {
      String id = entry.getKey();
      JsonNode golden = entry.getValue().get("values");
      if (!isUsable(id)) {
        continue;
      }
      usable++;
      Map<String, Double> values = measure(id);
      if (text.words() != golden.get("tokens").asInt()) {
        continue;
      }
      compared++;
      assertThat(values.get("gopher_short_doc")).as(id).isEqualTo(golden.get("non_symbol").asInt());
      same(id, values, "gopher_below_avg_threshold", golden, "non_symbol_chars", "non_symbol");
      same(id, values, "gopher_too_many_hashes", golden, "hashes", "tokens");
      same(id, values, "gopher_too_many_ellipsis", golden, "ellipses", "tokens");
      same(id, values, "gopher_below_alpha_threshold", golden, "alpha_tokens", "tokens");
      same(id, values, "list_ratio", golden, "newlines", "tokens");
      assertThat(values.get("gopher_enough_stop_words"))
          .as(id)
          .isEqualTo(golden.get("stop_words").size());
      grams(id, values, golden, "top_ngram_chars", "top_%s_gram");
      grams(id, values, golden, "dup_ngram_chars", "duplicated_%s_n_grams");
    }
    assertThat(compared).as("of " + usable).isGreaterThan(usable - 15);
  }

  private static void grams(
      String id, Map<String, Double> values, JsonNode golden, String field, String rule) {
    golden
        .get(field)
        .properties()
        .forEach(gram ->
            assertThat(values.get(rule.formatted(gram.getKey())))
                .as(id + " " + gram.getKey())
                .isEqualTo(
                    (Double) (gram.getValue().asDouble() / golden.get("length").asDouble())));
  }

  @Test
  void agreesOnTheReasonOfEveryFilter() {
    Map<String, List<String>> differing = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : EXPECTED.entrySet()) {
      String id = entry.getKey();
      if (!isUsable(id)) {
        continue;
      }
      Map<String, Double> values = measure(id);
      JsonNode verdicts = entry.getValue().get("verdicts");
      compare(
          id, verdicts, "gopher_repetition", first(values, Family.GOPHER_REPETITION), differing);
      compare(id, verdicts, "gopher_quality", first(values, Family.GOPHER_QUALITY), differing);
      compare(id, verdicts, "fineweb", first(values, Family.FINEWEB), differing);
      compare(id, verdicts, "c4_no_terminal", c4(values, "too_few_sentences"), differing);
    }
    assertThat(differing).isEmpty();
  }

  private static void compare(
      String id,
      JsonNode verdicts,
      String filter,
      String mine,
      Map<String, List<String>> differing) {
    JsonNode golden = verdicts.get(filter);
    // "empty" is a rule of its own here.
    if (golden != null && !golden.asString().equals("empty") && !golden.asString().equals(mine)) {
      differing
          .computeIfAbsent(filter, _ -> new ArrayList<>())
          .add(id + ": " + golden.asString() + " but " + mine);
    }
  }

  private static String first(Map<String, Double> values, Family family) {
    return Measures.rules().stream()
        .filter(rule -> rule.family() == family)
        .filter(rule -> !rule.passes(values.getOrDefault(rule.name(), Double.NaN), rule.limit()))
        .map(Rule::name)
        .findFirst()
        .orElse("keep");
  }

  private static String c4(Map<String, Double> values, String sentences) {
    if (values.getOrDefault("lorem_ipsum", 0.0) > 0) {
      return "lorem_ipsum";
    }
    if (values.getOrDefault("curly_bracket", 0.0) > 0) {
      return "curly_bracket";
    }
    return values.getOrDefault(sentences, 0.0) < 5 ? "too_few_sentences" : "keep";
  }
}
