package org.transnormer.cleaning.language;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageDetectionTest {
  private static final LanguageDetection DETECTION = new LanguageDetection();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "en|The ship left the harbour in the morning and nobody on the quay said a word about it.",
        "de|Das Schiff verliess am Morgen den Hafen, und niemand am Kai verlor ein Wort darueber.",
        "fr|Le navire quitta le port au matin et personne sur le quai n'en dit un seul mot.",
        "es|El barco salió del puerto por la mañana y nadie en el muelle dijo una palabra.",
        "ru|Корабль покинул гавань утром, и никто на причале не сказал об этом ни слова.",
        "zh|这艘船早上离开了港口，码头上没有人对此说一句话，大家都很安静。",
        "ja|その船は朝に港を出たが、埠頭にいた人は誰もそのことについて何も言わなかった。"
      })
  void namesTheLanguage(String code, String text) {
    DetectedLanguage detected = DETECTION.detect(text);

    assertThat(detected.code()).isEqualTo(code);
    assertThat(detected.confidence()).isBetween(0.65, 1.0);
  }

  @Test
  void admitsThatItCannotTell() {
    assertThat(DETECTION.detect("12:30 -- 4/5 !?")).isEqualTo(DetectedLanguage.UNKNOWN);
    assertThat(DETECTION.detect("")).isEqualTo(DetectedLanguage.UNKNOWN);
  }

  @Test
  void looksAtTheWholeOfALongTextAndSaysTheSameEachTime() {
    String text =
        "The ship left the harbour. ".repeat(3)
            + "Nobody on the quay said anything at all about it. ".repeat(2_000);

    assertThat(DETECTION.detect(text)).isEqualTo(DETECTION.detect(text));
    assertThat(DETECTION.detect(text).code()).isEqualTo("en");
  }
}
