package org.transnormer.cleaning.rules;

import static org.transnormer.cleaning.text.CharacterClass.LETTER;
import static org.transnormer.cleaning.text.CharacterClass.PUNCTUATION;
import static org.transnormer.cleaning.text.CharacterClass.SPACE;
import static org.transnormer.cleaning.text.CharacterClass.is;

import java.util.List;
import org.transnormer.cleaning.rules.Rule.Bound;
import org.transnormer.cleaning.rules.Rule.Family;
import org.transnormer.cleaning.text.DocumentText;

/**
 * Quality measures of Gopher (Rae et al. 2021, A.1.1) as datatrove 0.10 computes them ({@code
 * filters/gopher_quality_filter.py}). Shares are of all words, symbols among them; the number and
 * the mean length of words leave out words that are punctuation throughout; stop words are counted
 * by kind and are case-sensitive.
 */
final class GopherQuality implements MeasureFamily {
  private static final List<String> STOP_WORDS =
      List.of("the", "be", "to", "of", "and", "that", "have", "with");
  private static final int LONGEST_STOP_WORD = 4;
  private static final long[] PACKED = STOP_WORDS.stream().mapToLong(GopherQuality::pack).toArray();
  private static final int ELLIPSIS = 0x2026;
  private static final int BULLET = 0x2022;

  private final Pieces lines = new Pieces();

  private static long pack(String word) {
    return word.chars().asLongStream().reduce(0, (packed, c) -> packed << 8 | c);
  }

  @Override
  public List<Rule> rules() {
    return List.of(
        rule("gopher_short_doc", Bound.AT_LEAST, 50, "words that are not symbols"),
        rule("gopher_long_doc", Bound.AT_MOST, 100_000, "words that are not symbols"),
        rule("gopher_below_avg_threshold", Bound.AT_LEAST, 3, "mean length of such words"),
        rule("gopher_above_avg_threshold", Bound.AT_MOST, 10, "mean length of such words"),
        rule("gopher_too_many_hashes", Bound.AT_MOST, 0.1, "number signs / words"),
        rule("gopher_too_many_ellipsis", Bound.AT_MOST, 0.1, "ellipses / words"),
        rule("gopher_too_many_bullets", Bound.AT_MOST, 0.9, "lines that start with a bullet"),
        rule("gopher_too_many_end_ellipsis", Bound.AT_MOST, 0.3, "lines that end in an ellipsis"),
        rule("gopher_below_alpha_threshold", Bound.AT_LEAST, 0.8, "words with a letter / words"),
        rule("gopher_enough_stop_words", Bound.AT_LEAST, 2, "kinds of English stop words"));
  }

  private static Rule rule(String name, Bound bound, double limit, String meaning) {
    return new Rule(name, Family.GOPHER_QUALITY, bound, limit, meaning);
  }

  @Override
  public void measure(DocumentText text, double[] values, int offset) {
    int[] codePoints = text.codePoints();
    long plain = 0;
    long plainLength = 0;
    long alphabetic = 0;
    int stopWords = 0;
    for (int word = 0; word < text.words(); word++) {
      int start = text.wordStart(word);
      int end = text.wordEnd(word);
      if (!all(codePoints, start, end, PUNCTUATION)) {
        plain++;
        plainLength += end - start;
      }
      alphabetic += any(codePoints, start, end, LETTER) ? 1 : 0;
      stopWords |= stopWord(codePoints, start, end);
    }
    double words = text.words();
    double mean = plainLength / (double) plain;
    values[offset] = plain;
    values[offset + 1] = plain;
    values[offset + 2] = mean;
    values[offset + 3] = mean;
    values[offset + 4] = hashes(text) / words;
    values[offset + 5] = ellipses(text) / words;
    lineShares(text, values, offset + 6);
    values[offset + 8] = alphabetic / words;
    values[offset + 9] = Integer.bitCount(stopWords);
  }

  private static boolean all(int[] codePoints, int start, int end, int classes) {
    for (int i = start; i < end; i++) {
      if (!is(codePoints[i], classes)) {
        return false;
      }
    }
    return true;
  }

  private static boolean any(int[] codePoints, int start, int end, int classes) {
    for (int i = start; i < end; i++) {
      if (is(codePoints[i], classes)) {
        return true;
      }
    }
    return false;
  }

  private static int stopWord(int[] codePoints, int start, int end) {
    if (end - start > LONGEST_STOP_WORD || end - start < 2) {
      return 0;
    }
    long packed = 0;
    for (int i = start; i < end; i++) {
      packed = packed << 8 | (codePoints[i] < 128 ? codePoints[i] : 0);
    }
    for (int i = 0; i < PACKED.length; i++) {
      if (PACKED[i] == packed) {
        return 1 << i;
      }
    }
    return 0;
  }

  private static long hashes(DocumentText text) {
    long count = 0;
    for (int i = 0; i < text.length(); i++) {
      count += text.codePoint(i) == '#' ? 1 : 0;
    }
    return count;
  }

  /** Three dots, not overlapping, or U+2026. */
  private static long ellipses(DocumentText text) {
    long count = 0;
    int dots = 0;
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePoint(i);
      dots = c == '.' ? dots + 1 : 0;
      if (dots == 3 || c == ELLIPSIS) {
        count++;
        dots = 0;
      }
    }
    return count;
  }

  private void lineShares(DocumentText text, double[] values, int offset) {
    lines.splitLines(text);
    int[] codePoints = text.codePoints();
    long bullets = 0;
    long ellipses = 0;
    for (int line = 0; line < lines.count(); line++) {
      int start = lines.start(line);
      int end = lines.end(line);
      while (start < end && is(codePoints[start], SPACE)) {
        start++;
      }
      while (end > start && is(codePoints[end - 1], SPACE)) {
        end--;
      }
      if (start < end) {
        bullets += codePoints[start] == BULLET || codePoints[start] == '-' ? 1 : 0;
        ellipses += endsInEllipsis(codePoints, start, end) ? 1 : 0;
      }
    }
    values[offset] = bullets / (double) lines.count();
    values[offset + 1] = ellipses / (double) lines.count();
  }

  static boolean endsInEllipsis(int[] codePoints, int start, int end) {
    return codePoints[end - 1] == ELLIPSIS
        || end - start >= 3
            && codePoints[end - 1] == '.'
            && codePoints[end - 2] == '.'
            && codePoints[end - 3] == '.';
  }
}
