package org.transnormer.cleaning.text;

import java.util.Set;

/**
 * Classes of code points, looked up in a table for the basic plane. Spaces are Python's {@code
 * str.isspace}, punctuation and terminal marks are the sets of datatrove 0.10 ({@code
 * utils/text.py}), the rest follows spaCy's {@code lang/char_classes.py}.
 */
public final class CharacterClass {
  /** Separates words. */
  public static final int SPACE = 1;

  public static final int LETTER = 1 << 1;

  /** A lower-case letter, or one of a script without case. */
  public static final int LOWER = 1 << 2;

  /** An upper-case letter, or one of a script without case. */
  public static final int UPPER = 1 << 3;

  /** 0 to 9. */
  public static final int DIGIT = 1 << 4;

  /** Counts as a symbol for the number of words. */
  public static final int PUNCTUATION = 1 << 5;

  /** Ends a sentence or a line. */
  public static final int TERMINAL = 1 << 6;

  /** Splits a word from either end. */
  static final int AFFIX = 1 << 7;

  static final int QUOTE = 1 << 8;
  static final int CURRENCY = 1 << 9;

  /** Pictographs and other symbols (Unicode So). */
  static final int ICON = 1 << 10;

  static final int HYPHEN = 1 << 11;

  /** Python's {@code str.splitlines} ends a line here. */
  public static final int LINE_END = 1 << 12;

  private static final Set<Integer> LINE_ENDS =
      Set.of(0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029);

  /** Besides every control character, space separator and terminal mark of the sets below. */
  private static final String MORE_PUNCTUATION =
      "\"#$%&'()*+,-/:;<=>@[\\]^_`{|}~\u00ab\u00b4\u00bb\u2013\u2014\u2019\u201c\u201d\u201e\u2026"
          + "\u2236\u2501\u25ba\u3001\u3008\u3009\u300a\u300b\u300c\u300d\u3010\u3011"
          + "\uff05\uff08\uff09\uff0c\uff11\uff1a\uff1b\uff5e";

  private static final String TERMINALS =
      "!.?\u0589\u061d\u061e\u061f\u06d4\u0700\u0701\u0702\u07f9\u0837\u0839\u083d\u083e\u0964"
          + "\u0965\u104a\u104b\u1362\u1367\u1368\u166e\u1735\u1736\u17d4\u17d5\u17d6\u17d9\u17da\u1803"
          + "\u1809\u1944\u1945\u1aa8\u1aa9\u1aaa\u1aab\u1b5a\u1b5b\u1b5e\u1b5f\u1b7d\u1b7e\u1c3b"
          + "\u1c3c\u1c7e\u1c7f\u203c\u203d\u2047\u2048\u2049\u2e2e\u2e3c\u2e53\u2e54\u3002\ua4ff"
          + "\ua60e\ua60f\ua6f3\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c8\ua9c9\uaa5d\uaa5e\uaa5f"
          + "\uaaf0\uaaf1\uabeb\ufe52\ufe56\ufe57\uff01\uff0e\uff1f\uff61";

  private static final int[] SUPPLEMENTARY_TERMINALS = {
    68182, 68183, 69461, 69462, 69463, 69464, 69465, 69510, 69511, 69512, 69513, 69703, 69704,
    69822, 69823, 69824, 69825, 69953, 69954, 69955, 70085, 70086, 70093, 70110, 70111, 70200,
    70201, 70203, 70204, 70313, 70731, 70732, 71106, 71107, 71113, 71114, 71115, 71116, 71117,
    71118, 71119, 71120, 71121, 71122, 71123, 71124, 71125, 71126, 71127, 71233, 71234, 71484,
    71485, 71486, 72004, 72006, 72258, 72259, 72347, 72348, 72769, 72770, 73463, 73464, 73539,
    73540, 92782, 92783, 92917, 92983, 92984, 92996, 93848, 113823, 121480
  };

  private static final Set<Integer> SUPPLEMENTARY_TERMINAL_SET =
      java.util.Arrays.stream(SUPPLEMENTARY_TERMINALS)
          .boxed()
          .collect(java.util.stream.Collectors.toUnmodifiableSet());

  private static final String AFFIXES =
      "\u2026,:;!?\u00bf\u061f\u00a1()[]{}<>_#*&\u3002\uff1f\uff01\uff0c\u3001\uff1b\uff1a\uff5e"
          + "\u00b7\u0964\u060c\u06d4\u061b\u066a";

  private static final String QUOTES =
      "'\"\u201d\u201c`\u2018\u00b4\u2019\u201a,\u201e\u00bb\u00ab\u300c\u300d\u300e\u300f\uff08"
          + "\uff09\u3014\u3015\u3010\u3011\u300a\u300b\u3008\u3009\u2329\u232a\u27e6\u27e7";

  private static final String HYPHENS = "-\u2013\u2014~";

  private static final short[] BASIC = table();

  private CharacterClass() {}

  /** The classes of a code point as a bit set. */
  public static int of(int codePoint) {
    return codePoint < BASIC.length ? BASIC[codePoint] : compute(codePoint);
  }

  public static boolean is(int codePoint, int classes) {
    return (of(codePoint) & classes) != 0;
  }

  private static short[] table() {
    short[] table = new short[1 << 16];
    for (int c = 0; c < table.length; c++) {
      table[c] = (short) compute(c);
    }
    return table;
  }

  private static int compute(int c) {
    int classes = letter(c);
    classes |= isSpace(c) ? SPACE : 0;
    classes |= c >= '0' && c <= '9' ? DIGIT : 0;
    classes |= in(AFFIXES, c) ? AFFIX : 0;
    classes |= in(QUOTES, c) ? QUOTE : 0;
    classes |= in(HYPHENS, c) ? HYPHEN : 0;
    classes |= Character.getType(c) == Character.CURRENCY_SYMBOL ? CURRENCY : 0;
    classes |= Character.getType(c) == Character.OTHER_SYMBOL ? ICON : 0;
    classes |= LINE_ENDS.contains(c) ? LINE_END : 0;
    boolean terminal = in(TERMINALS, c) || SUPPLEMENTARY_TERMINAL_SET.contains(c);
    classes |= terminal ? TERMINAL : 0;
    classes |= terminal || in(MORE_PUNCTUATION, c) || isControl(c) ? PUNCTUATION : 0;
    return classes;
  }

  private static int letter(int c) {
    if (!Character.isLetter(c)) {
      return 0;
    }
    boolean upper = Character.isUpperCase(c) || Character.isTitleCase(c);
    boolean lower = Character.isLowerCase(c);
    return LETTER | (upper ? 0 : LOWER) | (lower ? 0 : UPPER);
  }

  /** Tab and line feed are not in datatrove's set, nor is the no-break space. */
  private static boolean isControl(int c) {
    return c < 0x20 && c != '\t' && c != '\n' || c >= 0x7F && c <= 0x9F;
  }

  private static boolean isSpace(int c) {
    return c >= 0x09 && c <= 0x0D
        || c >= 0x1C && c <= 0x20
        || c == 0x85
        || Character.isSpaceChar(c);
  }

  private static boolean in(String set, int c) {
    return c < Character.MIN_SUPPLEMENTARY_CODE_POINT && set.indexOf(c) >= 0;
  }
}
