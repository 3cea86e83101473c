package org.transnormer.model.tokenizer;

/**
 * The pre-tokenizer of GPT-2, over UTF-8 bytes: what the regular expression
 *
 * <pre>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</pre>
 *
 * matches one after another, found in one pass. Every byte belongs to a piece.
 */
final class Gpt2Pieces {

  private static final byte OTHER = 0;
  private static final byte LETTER = 1;
  private static final byte NUMBER = 2;
  private static final byte SPACE = 3;

  private static final byte[] CLASSES = classes();

  private final byte[] text;
  private final int end;

  /** Of the position after the character that was looked at last. */
  private int after;

  Gpt2Pieces(byte[] text, int end) {
    this.text = text;
    this.end = end;
  }

  /** End of the piece that begins at {@code from}, which is before the end of the text. */
  int endOfPiece(int from) {
    int contraction = contraction(from);
    if (contraction > 0) {
      return from + contraction;
    }
    byte first = classAt(from);
    if (first != SPACE) {
      return endOfRun(after, first);
    }
    if (text[from] == ' ' && after < end) {
      byte second = classAt(after);
      if (second != SPACE) {
        return endOfRun(after, second);
      }
    }
    return endOfSpace(from);
  }

  /** Spaces up to the last one, which goes with what follows, unless it is the only one. */
  private int endOfSpace(int from) {
    int last = from;
    int at = from;
    while (at < end && classAt(at) == SPACE) {
      last = at;
      at = after;
    }
    return at == end || last == from ? at : last;
  }

  private int endOfRun(int from, byte kind) {
    int at = from;
    while (at < end && classAt(at) == kind) {
      at = after;
    }
    return at;
  }

  /** Length of the contraction that begins here, or 0. */
  private int contraction(int at) {
    if (text[at] != '\'' || at + 1 >= end) {
      return 0;
    }
    byte next = text[at + 1];
    if (next == 's' || next == 't' || next == 'm' || next == 'd') {
      return 2;
    }
    if (at + 2 >= end) {
      return 0;
    }
    byte third = text[at + 2];
    boolean two = (next == 'r' || next == 'v') && third == 'e' || next == 'l' && third == 'l';
    return two ? 3 : 0;
  }

  private byte classAt(int at) {
    int b = text[at];
    if (b >= 0) {
      after = at + 1;
      return CLASSES[b];
    }
    int more = b < (byte) 0xE0 ? 1 : b < (byte) 0xF0 ? 2 : 3;
    int codePoint = b & 0x3F >> more;
    for (int i = 1; i <= more; i++) {
      codePoint = codePoint << 6 | text[at + i] & 0x3F;
    }
    after = at + 1 + more;
    return CLASSES[codePoint];
  }

  private static byte[] classes() {
    byte[] classes = new byte[Character.MAX_CODE_POINT + 1];
    for (int c = 0; c < classes.length; c++) {
      classes[c] = classOf(c);
    }
    return classes;
  }

  private static byte classOf(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.UPPERCASE_LETTER,
          Character.LOWERCASE_LETTER,
          Character.TITLECASE_LETTER,
          Character.MODIFIER_LETTER,
          Character.OTHER_LETTER ->
          LETTER;
      case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
          NUMBER;
      case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
          SPACE;
      default -> codePoint >= '\t' && codePoint <= '\r' || codePoint == 0x85 ? SPACE : OTHER;
    };
  }
}
