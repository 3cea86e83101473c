package org.transnormer.cleaning.dedup;

import java.text.Normalizer;
import java.util.Locale;
import org.transnormer.cleaning.text.CharacterClass;

/**
 * Text reduced to what near duplicates share, as datatrove 0.10 does ({@code utils/text.py},
 * simplify_text): lower case, every number becomes 0, punctuation becomes a blank, marks drop.
 */
final class ShingleText {
  /** Terminal marks that are in datatrove's smaller set of punctuation as well. */
  private static final String ALSO_PUNCTUATION = "!.?\uff01\uff0e\uff1f\u3002";

  private ShingleText() {}

  static String simplify(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    StringBuilder out = new StringBuilder(lower.length());
    boolean plain = true;
    for (int i = 0; i < lower.length(); ) {
      char ascii = lower.charAt(i);
      if (ascii >= 'a' && ascii <= 'z') {
        out.append(ascii);
        i++;
        continue;
      }
      int c = lower.codePointAt(i);
      if (Character.isDigit(c)) {
        i = number(lower, i);
        out.append('0');
        continue;
      }
      if (isBlank(c)) {
        if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
          out.append(' ');
        }
      } else {
        out.appendCodePoint(c);
        plain &= c < 128;
      }
      i += Character.charCount(c);
    }
    String simple = plain ? out.toString() : withoutMarks(out);
    return simple.strip();
  }

  /** Behind the number: digits, then at most one separator with digits. */
  private static int number(String text, int from) {
    int at = digits(text, from);
    if (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
      int end = digits(text, at + 1);
      return end > at + 1 ? end : at;
    }
    return at;
  }

  private static int digits(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isDigit(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  private static boolean isBlank(int c) {
    int classes = CharacterClass.of(c);
    if ((classes & CharacterClass.SPACE) != 0) {
      return true;
    }
    return (classes & CharacterClass.PUNCTUATION) != 0
        && ((classes & CharacterClass.TERMINAL) == 0 || ALSO_PUNCTUATION.indexOf(c) >= 0);
  }

  private static String withoutMarks(CharSequence text) {
    String decomposed = Normalizer.normalize(text, Normalizer.Form.NFD);
    StringBuilder out = new StringBuilder(decomposed.length());
    decomposed
        .codePoints()
        .filter(c -> Character.getType(c) != Character.NON_SPACING_MARK)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
