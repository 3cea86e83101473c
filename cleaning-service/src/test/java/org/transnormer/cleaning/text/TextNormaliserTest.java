package org.transnormer.cleaning.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextNormaliserTest {

  private static String apply(String text, TextStep... steps) {
    return new TextNormaliser(List.of(steps)).apply(text);
  }

  @Test
  void bringsLineEndsToOneForm() {
    assertThat(apply("a\r\nb\rc\u0085d\u2028e\u2029f\fg\u000Bh\n", TextStep.LINE_ENDS))
        .isEqualTo("a\nb\nc\nd\ne\nf\ng\nh\n");
  }

  @Test
  void dropsControlCharacters() {
    assertThat(apply("\uFEFFa\u0000b\tc\u0007\u009Fd\uFFFE", TextStep.CONTROL_CHARACTERS))
        .isEqualTo("ab\tcd");
  }

  @Test
  void dropsWhatSplitsWordsUnseenButKeepsJoiners() {
    assertThat(
            apply(
                "so\u00ADft \u200Bx\u202Ey \uD83D\uDC68\u200D\uD83D\uDC69",
                TextStep.INVISIBLE_CHARACTERS))
        .isEqualTo("soft xy \uD83D\uDC68\u200D\uD83D\uDC69");
  }

  @Test
  void composes() {
    assertThat(apply("e\u0301", TextStep.UNICODE_NFC)).isEqualTo("\u00E9");
  }

  @Test
  void keepsOneBlankAndOneEmptyLine() {
    assertThat(apply("  a \u00A0\t b  \n \n\n\n c\n d \n", TextStep.WHITESPACE))
        .isEqualTo("a b\n\nc\nd");
  }

  @Test
  void cutsASignatureNearTheEndOnly() {
    assertThat(apply("Hello\n-- \nJane\nACME", TextStep.MAIL_SIGNATURE)).isEqualTo("Hello");
    String far = "Hello\n--\n" + "line\n".repeat(30);
    assertThat(apply(far, TextStep.MAIL_SIGNATURE)).isEqualTo(far);
  }

  @Test
  void dropsQuotesWithTheirAnnouncement() {
    assertThat(
            apply("Yes.\n\nOn Monday, Jane wrote:\n> Shall we?\n>> No.\nBye", TextStep.MAIL_QUOTES))
        .isEqualTo("Yes.\n\nBye");
  }

  @Test
  void dropsLinesOfSymbolsOnly() {
    assertThat(apply("Title\n=====\n- one\n * * * \n--\n+-+-+", TextStep.SEPARATOR_LINES))
        .isEqualTo("Title\n- one\n--\n");
  }

  @Test
  void stepsRunInTheirOwnOrderWhateverTheRecipeSays() {
    assertThat(apply("a\r\n\r\n\r\nb", TextStep.WHITESPACE, TextStep.LINE_ENDS))
        .isEqualTo("a\n\nb");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void applyingTwiceChangesNothingMore(long seed) {
    Random random = new Random(seed);
    String alphabet =
        "ab \n\r\t\u00A0\u00AD\u200B\u0301e\u0085\u2028>-\u0000\uFEFF\uD83D\uDE00wrote:";
    TextNormaliser normaliser =
        new TextNormaliser(
            Arrays.stream(TextStep.values())
                .filter(step -> step != TextStep.MAIL_SIGNATURE && step != TextStep.MAIL_QUOTES)
                .toList());
    for (int i = 0; i < 300; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(60); j > 0; j--) {
        int at = random.nextInt(alphabet.length());
        text.appendCodePoint(alphabet.codePointAt(at));
      }
      String once = normaliser.apply(text.toString().replaceAll("[\\uD800-\\uDFFF]", ""));
      assertThat(normaliser.apply(once)).isEqualTo(once);
    }
  }
}
