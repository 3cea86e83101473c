package org.transnormer.cleaning.rules;

import static org.transnormer.cleaning.text.CharacterClass.PUNCTUATION;
import static org.transnormer.cleaning.text.CharacterClass.SPACE;
import static org.transnormer.cleaning.text.CharacterClass.is;
import static org.transnormer.cleaning.text.CharacterClass.of;

import java.util.List;
import java.util.Locale;
import org.transnormer.cleaning.rules.Rule.Bound;
import org.transnormer.cleaning.rules.Rule.Family;
import org.transnormer.cleaning.text.DocumentText;

/**
 * What C4 (Raffel et al. 2020, 2.2) would do to a text, measured without rewriting it, after
 * datatrove 0.10 ({@code filters/c4_filters.py}): which lines it would drop, what it finds in the
 * lines before they drop, and how many sentences would be left. The rule on the last character of a
 * line is left out of all but {@code c4_terminal_sentences}, as FineWeb runs it.
 */
final class C4Lines implements MeasureFamily {
  private static final int LEAST_WORDS = 3;
  private static final int LONGEST_WORD = 1_000;
  private static final List<String> POLICY =
      List.of(
          "terms of use",
          "privacy policy",
          "cookie policy",
          "uses cookies",
          "use of cookies",
          "use cookies");

  private final Pieces lines = new Pieces();

  @Override
  public List<Rule> rules() {
    return List.of(
        rule("lorem_ipsum", Bound.AT_MOST, 0, "lines of filler text"),
        rule("curly_bracket", Bound.AT_MOST, 0, "lines with a left brace, likely code"),
        rule("too_few_sentences", Bound.AT_LEAST, 5, "sentences in the lines that C4 keeps"),
        rule("c4_terminal_sentences", Bound.AT_LEAST, 5, "those in lines ending in punctuation"),
        rule("c4_dropped_lines", Bound.AT_MOST, 0.5, "share of lines that C4 drops"),
        rule("c4_policy_lines", Bound.AT_MOST, 0.2, "share of lines of cookie and policy notes"),
        rule("c4_javascript_lines", Bound.AT_MOST, 0.2, "share of lines that ask for JavaScript"));
  }

  private static Rule rule(String name, Bound bound, double limit, String meaning) {
    return new Rule(name, Family.C4, bound, limit, meaning);
  }

  @Override
  public void measure(DocumentText text, double[] values, int offset) {
    lines.splitLines(text);
    Tally tally = new Tally();
    int word = 0;
    for (int line = 0; line < lines.count(); line++) {
      int start = lines.start(line);
      int end = lines.end(line);
      while (word < text.words() && text.wordStart(word) < start) {
        word++;
      }
      int first = word;
      while (word < text.words() && text.wordEnd(word) <= end) {
        word++;
      }
      line(text, start, end, first, word, tally);
    }
    double count = lines.count();
    values[offset] = tally.lorem;
    values[offset + 1] = tally.braces;
    values[offset + 2] = tally.sentences;
    values[offset + 3] = tally.terminalSentences;
    values[offset + 4] = tally.dropped / count;
    values[offset + 5] = tally.policy / count;
    values[offset + 6] = tally.javascript / count;
  }

  private static final class Tally {
    long lorem;
    long braces;
    long sentences;
    long terminalSentences;
    long dropped;
    long policy;
    long javascript;
  }

  /** In C4's order; a line that is dropped is not looked at any further. */
  private static void line(
      DocumentText text, int start, int end, int firstWord, int lastWord, Tally tally) {
    if (longWord(text, start, end) || spacedWords(text, start, end) < LEAST_WORDS) {
      tally.dropped++;
      return;
    }
    String lower = text.text(start, end).toLowerCase(Locale.ROOT);
    if (lower.contains("lorem ipsum")) {
      tally.lorem++;
    }
    if (lower.contains("javascript")) {
      tally.javascript++;
      tally.dropped++;
      return;
    }
    if (lower.indexOf('{') >= 0) {
      tally.braces++;
    }
    if (POLICY.stream().anyMatch(lower::contains)) {
      tally.policy++;
      tally.dropped++;
      return;
    }
    long sentences = sentences(text, firstWord, lastWord);
    tally.sentences += sentences;
    tally.terminalSentences += terminal(text, start, end) ? sentences : 0;
  }

  private static boolean longWord(DocumentText text, int start, int end) {
    int run = 0;
    for (int i = start; i < end && end - start > LONGEST_WORD; i++) {
      run = is(text.codePoint(i), SPACE) ? 0 : run + 1;
      if (run > LONGEST_WORD) {
        return true;
      }
    }
    return false;
  }

  private static int spacedWords(DocumentText text, int start, int end) {
    int words = 0;
    boolean inside = false;
    for (int i = start; i < end; i++) {
      boolean space = is(text.codePoint(i), SPACE);
      words += !space && !inside ? 1 : 0;
      inside = !space;
    }
    return words;
  }

  private static boolean terminal(DocumentText text, int start, int end) {
    int last = end;
    while (last > start && is(text.codePoint(last - 1), SPACE)) {
      last--;
    }
    return last > start
        && ".?!\"'".indexOf(text.codePoint(last - 1)) >= 0
        && !GopherQuality.endsInEllipsis(text.codePoints(), start, last);
  }

  /** A sentence ends with the marks behind its last word (spaCy's sentencizer). */
  private static long sentences(DocumentText text, int firstWord, int lastWord) {
    long sentences = lastWord > firstWord ? 1 : 0;
    boolean ended = false;
    for (int word = firstWord; word < lastWord; word++) {
      int start = text.wordStart(word);
      boolean mark = isMark(text, start, text.wordEnd(word));
      if (ended && !mark && (of(text.codePoint(start)) & PUNCTUATION) == 0) {
        sentences++;
        ended = false;
      } else if (mark) {
        ended = true;
      }
    }
    return sentences;
  }

  private static boolean isMark(DocumentText text, int start, int end) {
    return end - start == 1
        && (text.codePoint(start) == '.'
            || text.codePoint(start) == '!'
            || text.codePoint(start) == '?'
            || (of(text.codePoint(start)) & org.transnormer.cleaning.text.CharacterClass.TERMINAL)
                != 0);
  }
}
