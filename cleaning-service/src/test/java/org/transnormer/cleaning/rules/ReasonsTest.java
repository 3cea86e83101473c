package org.transnormer.cleaning.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.transnormer.cleaning.text.DocumentText;

/** One text per reason: made to fail that rule, with the value worked out by hand. */
class ReasonsTest {
  private static final List<Rule> RULES = Measures.rules();

  private final Measures measures = new Measures();

  private double value(String rule, String text) {
    double[] values = measures.measure(new DocumentText().load(text));
    return values[
        IntStream.range(0, RULES.size())
            .filter(i -> RULES.get(i).name().equals(rule))
            .findFirst()
            .orElseThrow()];
  }

  /** Distinct words of five letters: w0000a, ... */
  private static String words(int count) {
    return IntStream.range(0, count)
        .mapToObj(i ->
            "w"
                + (char) ('a' + i / 676 % 26)
                + (char) ('a' + i / 26 % 26)
                + (char) ('a' + i % 26)
                + "x")
        .collect(Collectors.joining(" "));
  }

  private static String repeat(String line, int times) {
    return String.join("\n", java.util.Collections.nCopies(times, line));
  }

  static Stream<Arguments> reasons() {
    return Stream.of(
        reason("empty", 0, () -> " \n "),
        reason("min_characters", 2, () -> "\uD83D\uDE00x"),
        reason("max_characters", 1_000_001, () -> "x".repeat(1_000_001)),
        reason("replacement_characters", 0.25, () -> "abc\uFFFD"),
        reason("symbol_ratio", 0.75, () -> "a ~~~"),
        reason("digit_ratio", 0.5, () -> "ab12"),
        reason("uppercase_ratio", 0.75, () -> "ABCd"),
        reason("tag_ratio", 1 / 6.0, () -> "</p> word next last"),
        reason("url_ratio", 20 / 24.0, () -> "http://a.example/bcd word"),
        reason("dup_para_frac", 0.5, () -> "one\n\none"),
        reason("dup_para_char_frac", 3 / 8.0, () -> "one\n\none"),
        reason("dup_line_frac", 2 / 3.0, () -> repeat("ab", 3)),
        reason("dup_line_char_frac", 4 / 8.0, () -> repeat("ab", 3)),
        reason("top_2_gram", 1, () -> "ab cd"),
        reason("top_3_gram", 1, () -> "ab cd ef"),
        reason("top_4_gram", 1, () -> "ab cd ef gh"),
        reason("duplicated_5_n_grams", 5 / 19.0, () -> "a b c d e a b c d e"),
        reason("duplicated_6_n_grams", 6 / 23.0, () -> "a b c d e f a b c d e f"),
        reason("duplicated_7_n_grams", 7 / 27.0, () -> "a b c d e f g a b c d e f g"),
        reason("duplicated_8_n_grams", 8 / 31.0, () -> twice("a b c d e f g h")),
        reason("duplicated_9_n_grams", 9 / 35.0, () -> twice("a b c d e f g h i")),
        reason("duplicated_10_n_grams", 10 / 39.0, () -> twice("a b c d e f g h i j")),
        reason("gopher_short_doc", 3, () -> "one, two, three!"),
        reason("gopher_long_doc", 100_001, () -> "x y ".repeat(50_000) + "z"),
        reason("gopher_below_avg_threshold", 2, () -> "a bcd"),
        reason("gopher_above_avg_threshold", 12, () -> "abcdefghijkl"),
        reason("gopher_too_many_hashes", 0.5, () -> "# word"),
        reason("gopher_too_many_ellipsis", 0.5, () -> "word ..."),
        reason("gopher_too_many_bullets", 1, () -> "- one\n  • two"),
        reason("gopher_too_many_end_ellipsis", 0.5, () -> "one ...\ntwo"),
        reason("gopher_below_alpha_threshold", 0.5, () -> "word 12"),
        reason("gopher_enough_stop_words", 1, () -> "the the The dog"),
        reason("lorem_ipsum", 1, () -> "Here is Lorem Ipsum again"),
        reason("curly_bracket", 1, () -> "if so then { this"),
        reason("too_few_sentences", 2, () -> "One is here. Two is there."),
        reason("c4_terminal_sentences", 0, () -> "One is here. Two is there, isn't it"),
        reason("c4_dropped_lines", 0.75, () -> "one\ntwo\nthree\nhere are four words"),
        reason("c4_policy_lines", 0.5, () -> "Read our privacy policy now\nand some more text"),
        reason("c4_javascript_lines", 1, () -> "Please enable JavaScript first"),
        reason("line_punct_ratio", 0, () -> "no end\nhere either"),
        reason("short_line_ratio", 1, () -> "short\nlines"),
        reason("char_dup_ratio", 0.5, () -> "ab\nab"),
        reason("list_ratio", 0.5, () -> "one\ntwo"));
  }

  private static String twice(String text) {
    return text + " " + text;
  }

  private static Arguments reason(String rule, double value, Supplier<String> text) {
    return Arguments.of(rule, value, text);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reasons")
  void failsWithTheValueWorkedOutByHand(String name, double value, Supplier<String> text) {
    Rule rule = RULES.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();

    double measured = value(name, text.get());

    assertThat(measured).isCloseTo(value, within(1e-12));
    assertThat(rule.passes(measured, rule.limit())).isFalse();
  }

  @Test
  void everyRuleHasItsText() {
    List<String> tested = reasons().map(arguments -> (String) arguments.get()[0]).toList();

    assertThat(tested).containsExactlyElementsOf(RULES.stream().map(Rule::name).toList());
  }

  @Test
  void theLimitItselfPasses() {
    for (Rule rule : RuleCatalogue.of(Profile.DATATROVE_0_10).rules()) {
      assertThat(rule.passes(rule.limit(), rule.limit())).as(rule.name()).isTrue();
    }
  }

  @Test
  void measuresEveryRuleAfterTheFirstFailure() {
    double[] values = measures.measure(new DocumentText().load("# " + words(10)));

    assertThat(values).hasSize(RULES.size()).doesNotContain(Double.NaN);
  }

  @Test
  void anEmptyTextHasNothingToMeasureAndFailsOnlyWhereItIsCounted() {
    double[] values = measures.measure(new DocumentText().load(""));

    assertThat(values[0]).isZero();
    assertThat(value("list_ratio", "")).isNaN();
  }

  @Test
  void countsCodePoints() {
    assertThat(value("min_characters", "\uD83D\uDE00".repeat(7))).isEqualTo(7);
  }
}
