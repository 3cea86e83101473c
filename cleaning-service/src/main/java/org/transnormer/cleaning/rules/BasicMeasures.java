package org.transnormer.cleaning.rules;

import static org.transnormer.cleaning.text.CharacterClass.DIGIT;
import static org.transnormer.cleaning.text.CharacterClass.LETTER;
import static org.transnormer.cleaning.text.CharacterClass.SPACE;
import static org.transnormer.cleaning.text.CharacterClass.of;

import java.util.List;
import org.transnormer.cleaning.rules.Rule.Bound;
import org.transnormer.cleaning.rules.Rule.Family;
import org.transnormer.cleaning.text.DocumentText;

/**
 * Length and shares of kinds of characters, of all code points that are not white space. The limits
 * are ours: chosen so that prose with tables and addresses passes.
 */
final class BasicMeasures implements MeasureFamily {

  @Override
  public List<Rule> rules() {
    return List.of(
        rule("empty", Bound.AT_LEAST, 1, "code points that are not white space"),
        rule("min_characters", Bound.AT_LEAST, 200, "code points"),
        rule("max_characters", Bound.AT_MOST, 1_000_000, "code points"),
        rule("replacement_characters", Bound.AT_MOST, 0.01, "share of U+FFFD: wrongly decoded"),
        rule("symbol_ratio", Bound.AT_MOST, 0.3, "share of what is no letter and no digit"),
        rule("digit_ratio", Bound.AT_MOST, 0.3, "share of the digits 0 to 9"),
        rule("uppercase_ratio", Bound.AT_MOST, 0.6, "upper-case letters / letters with case"),
        rule("tag_ratio", Bound.AT_MOST, 0.05, "words that are left-over tags or entities"),
        rule("url_ratio", Bound.AT_MOST, 0.2, "share of characters in web addresses"));
  }

  private static Rule rule(String name, Bound bound, double limit, String meaning) {
    return new Rule(name, Family.BASIC, bound, limit, meaning);
  }

  @Override
  public void measure(DocumentText text, double[] values, int offset) {
    long visible = 0;
    long replaced = 0;
    long symbols = 0;
    long digits = 0;
    long upper = 0;
    long lower = 0;
    for (int i = 0; i < text.length(); i++) {
      int c = text.codePoint(i);
      int classes = of(c);
      if ((classes & SPACE) != 0) {
        continue;
      }
      visible++;
      replaced += c == 0xFFFD ? 1 : 0;
      digits += (classes & DIGIT) != 0 ? 1 : 0;
      if ((classes & (LETTER | DIGIT)) == 0) {
        symbols += isMark(c) ? 0 : 1;
      } else if (Character.isUpperCase(c)) {
        upper++;
      } else if (Character.isLowerCase(c)) {
        lower++;
      }
    }
    double all = visible;
    values[offset] = visible;
    values[offset + 1] = text.length();
    values[offset + 2] = text.length();
    values[offset + 3] = replaced / all;
    values[offset + 4] = symbols / all;
    values[offset + 5] = digits / all;
    values[offset + 6] = upper / (double) (upper + lower);
    values[offset + 7] = tags(text) / (double) text.words();
    values[offset + 8] = addresses(text) / all;
  }

  /** Combining marks and digits of other scripts belong to words. */
  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK,
          Character.COMBINING_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.DECIMAL_DIGIT_NUMBER ->
          c >= 128;
      default -> false;
    };
  }

  /**
   * "&lt;/x", "&lt;x" before a letter, and "&amp;name;": what an extraction of HTML left behind.
   */
  private static long tags(DocumentText text) {
    long tags = 0;
    for (int i = 0; i + 1 < text.length(); i++) {
      int c = text.codePoint(i);
      int next = text.codePoint(i + 1);
      if (c == '<' && (next == '/' || isAscii(next)) && closes(text, i, '>', 120)) {
        tags++;
      } else if (c == '&' && (next == '#' || isAscii(next)) && closes(text, i, ';', 10)) {
        tags++;
      }
    }
    return tags;
  }

  private static boolean isAscii(int c) {
    return c < 128 && Character.isLetter(c);
  }

  private static boolean closes(DocumentText text, int from, int end, int within) {
    int last = Math.min(text.length(), from + within);
    for (int i = from + 1; i < last; i++) {
      int c = text.codePoint(i);
      if (c == end) {
        return true;
      }
      if (c == '<' || end == ';' && !isAscii(c) && c != '#' && (c < '0' || c > '9')) {
        return false;
      }
    }
    return false;
  }

  private static long addresses(DocumentText text) {
    long length = 0;
    for (int word = 0; word < text.words(); word++) {
      int start = text.wordStart(word);
      int end = text.wordEnd(word);
      if (isAddress(text, start, end)) {
        length += end - start;
      }
    }
    return length;
  }

  private static boolean isAddress(DocumentText text, int start, int end) {
    if (end - start < 8) {
      return false;
    }
    int c = text.codePoint(start);
    return c == 'h'
            && text.text(start, start + 4).equals("http")
            && text.codePoint(start + 6) == '/'
        || c == 'w' && text.text(start, start + 4).equals("www.");
  }
}
