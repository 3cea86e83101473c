package org.transnormer.cleaning.text;

import java.text.Normalizer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Applies a recipe's text steps. Applying them twice changes nothing more. */
public final class TextNormaliser {
  private static final Map<TextStep, UnaryOperator<String>> STEPS = new EnumMap<>(TextStep.class);

  static {
    STEPS.put(TextStep.LINE_ENDS, TextNormaliser::lineEnds);
    STEPS.put(TextStep.CONTROL_CHARACTERS, TextNormaliser::controlCharacters);
    STEPS.put(TextStep.INVISIBLE_CHARACTERS, TextNormaliser::invisibleCharacters);
    STEPS.put(TextStep.UNICODE_NFC, TextNormaliser::nfc);
    STEPS.put(TextStep.MAIL_SIGNATURE, MailText::withoutSignature);
    STEPS.put(TextStep.MAIL_QUOTES, MailText::withoutQuotes);
    STEPS.put(TextStep.SEPARATOR_LINES, TextNormaliser::separatorLines);
    STEPS.put(TextStep.WHITESPACE, TextNormaliser::whitespace);
  }

  private final List<UnaryOperator<String>> steps;

  public TextNormaliser(List<TextStep> steps) {
    this.steps = steps.stream().sorted().map(TextNormaliser::operator).toList();
  }

  private static UnaryOperator<String> operator(TextStep step) {
    UnaryOperator<String> operator = STEPS.get(step);
    if (operator == null) {
      throw new IllegalStateException("no operator for " + step);
    }
    return operator;
  }

  public String apply(String text) {
    String result = text;
    for (UnaryOperator<String> step : steps) {
      result = step.apply(result);
    }
    return result;
  }

  private static String lineEnds(String text) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean end = c == '\r' || c == 0x0B || c == 0x0C || c == 0x85 || c == 0x2028 || c == 0x2029;
      if (end && out == null) {
        out = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (out != null) {
        out.append(end ? '\n' : c);
      }
      if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
        i++;
      }
    }
    return out == null ? text : out.toString();
  }

  private static String controlCharacters(String text) {
    return without(text, TextNormaliser::isControl);
  }

  /** C0 and C1 but tab and the ends of lines, the byte order mark, and non-characters. */
  private static boolean isControl(char c) {
    if (c < 0x20) {
      return c != '\t' && c != '\n' && c != '\r' && c != 0x0B && c != 0x0C;
    }
    return c >= 0x7F && c < 0xA0 && c != 0x85
        || c == 0xFEFF
        || c >= 0xFDD0 && c <= 0xFDEF
        || c >= 0xFFFE;
  }

  private static String invisibleCharacters(String text) {
    return without(text, TextNormaliser::isInvisible);
  }

  /** Joiners stay: emoji and several scripts need them. */
  private static boolean isInvisible(char c) {
    return c == 0xAD
        || c == 0x200B
        || c == 0x2060
        || c == 0x200E
        || c == 0x200F
        || c >= 0x202A && c <= 0x202E
        || c >= 0x2066 && c <= 0x2069;
  }

  private interface Kind {
    boolean has(char c);
  }

  private static String without(String text, Kind kind) {
    StringBuilder out = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean drop = kind.has(c);
      if (drop && out == null) {
        out = new StringBuilder(text.length()).append(text, 0, i);
      }
      if (out != null && !drop) {
        out.append(c);
      }
    }
    return out == null ? text : out.toString();
  }

  private static String nfc(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFC);
  }

  private static String separatorLines(String text) {
    StringBuilder out = null;
    int start = 0;
    while (start < text.length()) {
      int feed = text.indexOf('\n', start);
      int end = feed < 0 ? text.length() : feed + 1;
      boolean drop = isSeparator(text, start, end);
      if (drop && out == null) {
        out = new StringBuilder(text.length()).append(text, 0, start);
      }
      if (out != null && !drop) {
        out.append(text, start, end);
      }
      start = end;
    }
    return out == null ? text : out.toString();
  }

  private static boolean isSeparator(String text, int start, int end) {
    int symbols = 0;
    for (int i = start; i < end; i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c) || Character.isSurrogate(c)) {
        return false;
      }
      symbols += CharacterClass.is(c, CharacterClass.SPACE) ? 0 : 1;
    }
    return symbols >= 3;
  }

  private static String whitespace(String text) {
    StringBuilder out = new StringBuilder(text.length());
    int feeds = 0;
    boolean space = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        feeds++;
        space = false;
      } else if (CharacterClass.is(c, CharacterClass.SPACE)) {
        space = true;
      } else {
        if (!out.isEmpty()) {
          out.append("\n\n", 0, Math.min(feeds, 2));
          if (space && feeds == 0) {
            out.append(' ');
          }
        }
        out.append(c);
        feeds = 0;
        space = false;
      }
    }
    return out.length() == text.length() ? text : out.toString();
  }
}
