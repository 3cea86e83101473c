package org.transnormer.model.tokenizer;

import java.nio.charset.StandardCharsets;

/** UTF-8 of Java strings, which may hold what UTF-8 cannot. */
final class Utf8 {

  private Utf8() {}

  /** The text with U+FFFD for each unpaired surrogate. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        if (!paired(text, i)) {
          return replaced(text);
        }
        i++;
      }
    }
    return text;
  }

  static byte[] bytes(String text) {
    return wellFormed(text).getBytes(StandardCharsets.UTF_8);
  }

  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }

  private static String replaced(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isSurrogate(text.charAt(i))) {
        out.append(text.charAt(i));
      } else if (paired(text, i)) {
        out.append(text, i, i + 2);
        i++;
      } else {
        out.append('\uFFFD');
      }
    }
    return out.toString();
  }
}
