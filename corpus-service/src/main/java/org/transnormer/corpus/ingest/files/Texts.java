package org.transnormer.corpus.ingest.files;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;

/** Bytes to characters, where bytes that are no text are an error and not silently replaced. */
final class Texts {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Texts() {}

  static CharsetDecoder decoder(Charset charset, InvalidText invalid) {
    CodingErrorAction action =
        switch (invalid) {
          case FAIL -> CodingErrorAction.REPORT;
          case REPLACE -> CodingErrorAction.REPLACE;
        };
    return charset.newDecoder().onMalformedInput(action).onUnmappableCharacter(action);
  }

  static String decode(byte[] bytes, int length, Charset charset, InvalidText invalid)
      throws CharacterCodingException {
    String text = decoder(charset, invalid).decode(ByteBuffer.wrap(bytes, 0, length)).toString();
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }

  /** The encoding that a byte order mark names, else the one of the source. */
  static Charset charset(byte[] bytes, ReadingRules rules) {
    return marked(bytes).orElse(rules.charset());
  }

  static Optional<Charset> marked(byte[] b) {
    if (b.length >= 2 && (b[0] & 0xff) == 0xfe && (b[1] & 0xff) == 0xff) {
      return Optional.of(StandardCharsets.UTF_16BE);
    }
    if (b.length >= 2 && (b[0] & 0xff) == 0xff && (b[1] & 0xff) == 0xfe) {
      return Optional.of(StandardCharsets.UTF_16LE);
    }
    boolean utf8 =
        b.length >= 3 && (b[0] & 0xff) == 0xef && (b[1] & 0xff) == 0xbb && (b[2] & 0xff) == 0xbf;
    return utf8 ? Optional.of(StandardCharsets.UTF_8) : Optional.empty();
  }

  /** Bytes of the text in UTF-8; -1 when it holds half a surrogate pair, which UTF-8 cannot say. */
  static long utf8Length(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        bytes++;
      } else if (c < 0x800) {
        bytes += 2;
      } else if (!Character.isSurrogate(c)) {
        bytes += 3;
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        bytes += 4;
        i++;
      } else {
        return -1;
      }
    }
    return bytes;
  }

  /** Replaces halves of surrogate pairs by U+FFFD. */
  static String wellFormed(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
        .forEach(out::appendCodePoint);
    return out.toString();
  }
}
