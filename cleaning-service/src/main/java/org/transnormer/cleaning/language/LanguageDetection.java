package org.transnormer.cleaning.language;

import com.optimaize.langdetect.LanguageDetector;
import com.optimaize.langdetect.LanguageDetectorBuilder;
import com.optimaize.langdetect.ngram.NgramExtractors;
import com.optimaize.langdetect.profiles.LanguageProfileReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Naive Bayes over n-grams of 1 to 3 letters with the 70 profiles of Optimaize's language-detector.
 * A text is judged by windows spread over it, since more letters cost time and change nothing. The
 * library draws n-grams at random, from a fixed seed here so that a text is always judged alike;
 * its algorithm for short texts, which draws nothing, underflows beyond some 100 letters.
 * Thread-safe; loading takes about two seconds and 80 MB, so one is shared.
 */
public final class LanguageDetection {
  private static final int WINDOWS = 4;
  private static final int WINDOW = 100;
  private static final long SEED = 41;
  private static final int LEAST_LETTERS = 8;

  /** Share of kana among the letters that makes a text Japanese, whatever its Han letters say. */
  private static final double KANA = 0.05;

  private final LanguageDetector detector;

  public LanguageDetection() {
    try {
      detector =
          LanguageDetectorBuilder.create(NgramExtractors.standard())
              .shortTextAlgorithm(0)
              .seed(SEED)
              .withProfiles(new LanguageProfileReader().readAllBuiltIn())
              .build();
    } catch (IOException e) {
      throw new UncheckedIOException("language profiles", e);
    }
  }

  public DetectedLanguage detect(String text) {
    String sample = sample(text);
    long letters = sample.codePoints().filter(Character::isLetter).count();
    if (letters < LEAST_LETTERS) {
      return DetectedLanguage.UNKNOWN;
    }
    long kana = sample.codePoints().filter(LanguageDetection::isKana).count();
    if (kana > KANA * letters) {
      return new DetectedLanguage("ja", 1);
    }
    List<com.optimaize.langdetect.DetectedLanguage> found = detector.getProbabilities(sample);
    if (found.isEmpty()) {
      return DetectedLanguage.UNKNOWN;
    }
    String code = found.getFirst().getLocale().getLanguage();
    double confidence =
        found.stream()
            .filter(each -> each.getLocale().getLanguage().equals(code))
            .mapToDouble(com.optimaize.langdetect.DetectedLanguage::getProbability)
            .sum();
    return new DetectedLanguage(code, Math.min(1, confidence));
  }

  private static boolean isKana(int c) {
    return c >= 0x3041 && c <= 0x30FF && Character.isLetter(c);
  }

  /** Letters and single blanks from windows that lie evenly in the text. */
  private static String sample(String text) {
    StringBuilder out = new StringBuilder(WINDOWS * WINDOW + WINDOWS);
    if (text.length() <= WINDOWS * WINDOW) {
      letters(text, 0, text.length(), out);
      return out.toString();
    }
    for (int window = 0; window < WINDOWS; window++) {
      int start = (int) ((long) (text.length() - WINDOW) * window / (WINDOWS - 1));
      letters(text, start, Math.min(text.length(), start + WINDOW), out);
      out.append(' ');
    }
    return out.toString();
  }

  private static void letters(String text, int from, int to, StringBuilder out) {
    boolean blank = true;
    for (int i = from; i < to; ) {
      int c = text.codePointAt(i);
      if (Character.isLetter(c) || Character.getType(c) == Character.NON_SPACING_MARK) {
        out.appendCodePoint(c);
        blank = false;
      } else if (!blank) {
        out.append(c == '\'' ? '\'' : ' ');
        blank = true;
      }
      i += Character.charCount(c);
    }
  }
}
