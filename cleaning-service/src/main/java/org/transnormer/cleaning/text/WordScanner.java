package org.transnormer.cleaning.text;

import static org.transnormer.cleaning.text.CharacterClass.AFFIX;
import static org.transnormer.cleaning.text.CharacterClass.CURRENCY;
import static org.transnormer.cleaning.text.CharacterClass.DIGIT;
import static org.transnormer.cleaning.text.CharacterClass.HYPHEN;
import static org.transnormer.cleaning.text.CharacterClass.ICON;
import static org.transnormer.cleaning.text.CharacterClass.LETTER;
import static org.transnormer.cleaning.text.CharacterClass.LOWER;
import static org.transnormer.cleaning.text.CharacterClass.QUOTE;
import static org.transnormer.cleaning.text.CharacterClass.SPACE;
import static org.transnormer.cleaning.text.CharacterClass.UPPER;
import static org.transnormer.cleaning.text.CharacterClass.is;
import static org.transnormer.cleaning.text.CharacterClass.of;

import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Splits text into words the way datatrove does for English: spaCy's blank {@code en} tokenizer
 * (white space, then affixes from both ends, exceptions, URLs, infixes; {@code tokenizer.pyx} and
 * {@code lang/punctuation.py}). Written as a scanner, since words are what the Gopher rules spend
 * their time on. Not thread-safe.
 */
final class WordScanner {

  /** Receives words in order; both ends are offsets into the code points. */
  @FunctionalInterface
  interface Words {
    void word(int start, int end);
  }

  private static final int MAX_EXCEPTION = 16;
  private static final Set<String> UNITS =
      Set.of(
          ("km km² km³ m m² m³ dm dm² dm³ cm cm² cm³ mm mm² mm³ ha µm nm yd in ft kg g mg µg t lb"
                  + " oz m/s km/h mph hPa Pa mbar mb MB kb KB gb GB tb TB T G M K %")
              .split(" "));
  private static final int MAX_UNIT = 4;

  /** An address without a scheme; with one, or with www, no pattern is needed. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?:[A-Za-z0-9_-]{1,63}\\.)+[a-z]{2,63}(?::\\d{2,5})?(?:[/?#]\\S*)?");

  private final Words words;
  private int[] text = {};

  /** Suffixes are met from the outside in; they are words from the inside out. */
  private int[] suffixEnds = new int[16];

  private int suffixes;

  WordScanner(Words words) {
    this.words = words;
  }

  void scan(int[] codePoints, int length) {
    text = codePoints;
    int at = 0;
    while (at < length) {
      int classes = of(text[at]);
      if ((classes & SPACE) != 0) {
        at++;
        continue;
      }
      int start = at;
      int all = LETTER;
      do {
        all &= classes;
        at++;
        classes = at < length ? of(text[at]) : SPACE;
      } while ((classes & SPACE) == 0);
      if (all != 0 && !splitsLetters(start, at)) {
        words.word(start, at);
      } else {
        chunk(start, at);
      }
    }
  }

  /** Only words like "cannot" and "dont" are split although they are letters throughout. */
  private boolean splitsLetters(int start, int end) {
    int last = text[end - 1] | 0x20;
    int length = end - start;
    return length >= 2
        && length <= 10
        && "adelmstvy".indexOf(last) >= 0
        && exception(start, end) != null;
  }

  private void chunk(int start, int end) {
    suffixes = 0;
    int from = start;
    int to = end;
    while (from < to && exception(from, to) == null) {
      int prefix = prefix(from, to);
      if (prefix > 0 && from + prefix < to && exception(from + prefix, to) != null) {
        words.word(from, from + prefix);
        from += prefix;
        break;
      }
      int suffix = suffix(from, to);
      if (suffix > 0 && to - suffix > from && exception(from, to - suffix) != null) {
        push(to);
        to -= suffix;
        break;
      }
      if (prefix > 0) {
        words.word(from, from + prefix);
        from += prefix;
      }
      if (suffix > 0 && from + suffix <= to) {
        push(to);
        to -= suffix;
      }
      if (prefix == 0 && suffix == 0) {
        break;
      }
    }
    inner(from, to);
    while (suffixes > 0) {
      int suffixEnd = suffixEnds[--suffixes];
      words.word(to, suffixEnd);
      to = suffixEnd;
    }
  }

  private void push(int end) {
    if (suffixes == suffixEnds.length) {
      suffixEnds = Arrays.copyOf(suffixEnds, 2 * suffixes);
    }
    suffixEnds[suffixes++] = end;
  }

  private int @Nullable [] exception(int start, int end) {
    if (end - start > MAX_EXCEPTION || !WordExceptions.ENGLISH.mayHold(text, start, end)) {
      return null;
    }
    return WordExceptions.ENGLISH.find(new String(text, start, end - start));
  }

  private void inner(int from, int to) {
    if (from >= to) {
      return;
    }
    int[] split = exception(from, to);
    if (split != null && split.length > 0) {
      int at = from;
      for (int length : split) {
        words.word(at, at + length);
        at += length;
      }
    } else if (split != null || isAddress(from, to)) {
      words.word(from, to);
    } else {
      infixes(from, to);
    }
  }

  private boolean isAddress(int from, int to) {
    boolean dot = false;
    boolean special = false;
    for (int i = from; i < to; i++) {
      dot |= text[i] == '.';
      special |= text[i] == '/' || text[i] == '-' || text[i] == ':';
    }
    if (!dot || !special || to - from > 2_000) {
      return startsWith(from, to, "www.");
    }
    return startsWith(from, to, "www.")
        || startsWith(from, to, "http://")
        || startsWith(from, to, "https://")
        || startsWith(from, to, "ftp://")
        || ADDRESS.matcher(new String(text, from, to - from)).matches();
  }

  private boolean startsWith(int from, int to, String start) {
    if (to - from <= start.length()) {
      return false;
    }
    for (int i = 0; i < start.length(); i++) {
      if (text[from + i] != start.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int prefix(int from, int to) {
    int c = text[from];
    if (c == '.') {
      int dots = run(from, to, '.');
      return dots >= 2 ? dots : 0;
    }
    if (c == '+') {
      return from + 1 < to && is(text[from + 1], DIGIT) ? 0 : 1;
    }
    if (c == 0x2026 && from + 1 < to && text[from + 1] == 0x2026) {
      return 2;
    }
    boolean affix = is(c, AFFIX | QUOTE | CURRENCY | ICON);
    return affix || c == '§' || c == '%' || c == '=' || c == 0x2014 || c == 0x2013 ? 1 : 0;
  }

  private int run(int from, int to, int c) {
    int at = from;
    while (at < to && text[at] == c) {
      at++;
    }
    return at - from;
  }

  private int suffix(int from, int to) {
    int c = text[to - 1];
    int before = to - from >= 2 ? text[to - 2] : -1;
    if (c == 's' || c == 'S') {
      if (before == '\'' || before == 0x2019) {
        return 2;
      }
    }
    if (c == '.') {
      return full(from, to, before);
    }
    if (c == 0x2026 && before == 0x2026) {
      return 2;
    }
    if (is(c, AFFIX | QUOTE | ICON) || c == 0x2014 || c == 0x2013) {
      return 1;
    }
    if (before < 0) {
      return 0;
    }
    if (is(before, DIGIT) && (c == '+' || is(c, CURRENCY))) {
      return 1;
    }
    return unit(from, to);
  }

  /** Dots at the end: an ellipsis, the end of a sentence, or part of an abbreviation. */
  private int full(int from, int to, int before) {
    if (before == '.') {
      int at = to;
      while (at > from && text[at - 1] == '.') {
        at--;
      }
      return to - at;
    }
    if (before < 0) {
      return 0;
    }
    boolean ends = is(before, LOWER | DIGIT | AFFIX | QUOTE) || "%²-+".indexOf(before) >= 0;
    boolean capitals = is(before, UPPER) && to - from >= 3 && is(text[to - 3], UPPER);
    return ends || capitals ? 1 : 0;
  }

  private int unit(int from, int to) {
    for (int length = Math.min(MAX_UNIT, to - from - 1); length > 0; length--) {
      if (is(text[to - length - 1], DIGIT)
          && UNITS.contains(new String(text, to - length, length))) {
        return length;
      }
    }
    return 0;
  }

  private void infixes(int from, int to) {
    int start = from;
    int at = from;
    while (at < to) {
      int length = infix(from, at, to);
      if (length == 0) {
        at++;
        continue;
      }
      if (at > start) {
        words.word(start, at);
      }
      words.word(at, at + length);
      at += length;
      start = at;
    }
    if (start < to) {
      words.word(start, to);
    }
  }

  private int infix(int from, int at, int to) {
    int c = text[at];
    int classes = of(c);
    if ((classes & (LETTER | DIGIT)) != 0) {
      return 0;
    }
    if (c == '.') {
      int dots = run(at, to, '.');
      if (dots >= 2) {
        return dots;
      }
    }
    if (c == 0x2026 || (classes & ICON) != 0) {
      return 1;
    }
    if (at == from || at + 1 >= to) {
      return 0;
    }
    return between(text[at - 1], c, at, to);
  }

  /** Infixes that depend on both neighbours. */
  private int between(int before, int c, int at, int to) {
    int after = text[at + 1];
    if (is(before, DIGIT) && "+-*^".indexOf(c) >= 0 && (is(after, DIGIT) || after == '-')) {
      return 1;
    }
    if (c == '.') {
      return is(before, LOWER | QUOTE) && is(after, UPPER | QUOTE) ? 1 : 0;
    }
    if (c == ',') {
      return is(before, LETTER) && is(after, LETTER) ? 1 : 0;
    }
    if (is(c, HYPHEN) && is(before, LETTER)) {
      int length = hyphens(c, at, to);
      return at + length < to && is(text[at + length], LETTER) ? length : 0;
    }
    boolean sign = c == ':' || c == '<' || c == '>' || c == '=' || c == '/';
    return sign && is(before, LETTER | DIGIT) && is(after, LETTER) ? 1 : 0;
  }

  /** "--", "---" and a doubled dash count as one. */
  private int hyphens(int c, int at, int to) {
    int run = run(at, to, c);
    int longest = c == '-' ? 3 : c == 0x2014 ? 2 : 1;
    return run <= longest ? run : 1;
  }
}
