package org.transnormer.corpus.ingest.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.SourceFormat;
import org.transnormer.corpus.sources.Split;
import org.transnormer.corpus.sources.Tagging;

class TextReadingTest {
  private static final ReadingRules TEXT = ReadingRules.of(SourceFormat.TEXT);

  @Test
  void aFileIsOneDocumentToTheLastByte() throws Exception {
    Collected read =
        Collected.read("a.txt", "\uFEFFCall me Ishmael.\r\n\r\nSome years ago\n", TEXT);

    assertThat(read.texts).containsExactly("Call me Ishmael.\r\n\r\nSome years ago\n");
  }

  @Test
  void readsWideCharactersBehindAByteOrderMark() throws Exception {
    byte[] bytes = "\uFEFFWalfang".getBytes(StandardCharsets.UTF_16LE);

    assertThat(Collected.read("a.txt", bytes, TEXT).texts).containsExactly("Walfang");
  }

  @Test
  void refusesWhatIsNoTextUnlessToldToReplace() throws Exception {
    byte[] bytes = {'a', (byte) 0xc3, 'b'};

    assertThat(Collected.read("a.txt", bytes, TEXT).refusals)
        .containsExactly(Reason.INVALID_ENCODING);
    assertThat(Collected.read("a.txt", bytes, TEXT.withInvalidText(InvalidText.REPLACE)).texts)
        .containsExactly("a\uFFFDb");
  }

  @Test
  void refusesAFileThatIsTooLargeForOneDocument() throws Exception {
    assertThat(Collected.read("a.txt", "x".repeat(5000), TEXT).refusals)
        .containsExactly(Reason.TOO_LARGE);
  }

  @Test
  void refusesAnEmptyFile() throws Exception {
    assertThat(Collected.read("a.txt", "", TEXT).refusals).containsExactly(Reason.EMPTY);
  }

  @Test
  void splitsAtBlankLinesAndJoinsWhatFits() throws Exception {
    String text = "one\none\n\ntwo\n\n\nthree is a longer paragraph\n";

    Collected apart = Collected.read("a.txt", text, TEXT.withSplit(Split.PARAGRAPH, 0));
    Collected joined = Collected.read("a.txt", text, TEXT.withSplit(Split.PARAGRAPH, 20));

    assertThat(apart.texts).containsExactly("one\none", "two", "three is a longer paragraph");
    assertThat(joined.texts).containsExactly("one\none\n\ntwo", "three is a longer paragraph");
  }

  @Test
  void splitsAtHeadingsOfChapters() throws Exception {
    String text =
        "Moby-Dick\n\nCHAPTER 1. Loomings.\n\nCall me Ishmael.\nChapter 2 is not here.\n\n"
            + "CHAPTER II\n\nI stuffed a shirt\n";

    Collected read = Collected.read("a.txt", text, TEXT.withSplit(Split.CHAPTER, 0));

    assertThat(read.texts).hasSize(3);
    assertThat(read.metadata)
        .containsExactly(
            Map.of(), Map.of("title", "CHAPTER 1. Loomings."), Map.of("title", "CHAPTER II"));
  }

  @Test
  void splitsLinesAndRefusesOnlyTheOneThatIsTooLong() throws Exception {
    String text = "one\n\n" + "x".repeat(9000) + "\ntwo";

    Collected read = Collected.read("a.txt", text, TEXT.withSplit(Split.LINE, 0));

    assertThat(read.texts).containsExactly("one", "two");
    assertThat(read.refusals).containsExactly(Reason.TOO_LARGE);
  }

  @Test
  void takesTagsOffAndPutsTheProseTogether() throws Exception {
    String tagged =
        """


        \tThe/at jury/nn said/vbd ``/`` no/at ''/'' to/in 1-1/2/cd of/in them/ppo (/( all/abn )/) ./.
        Why/wrb ?/. ?/.
        It/pps wouldn't/md* ;/. ;/. ``/`` 'tis/xx '/' so/rb '/' ''/'' !/. !/.


        End/nn-hl credits/nns-hl
        Mr./np Allen/np Jr./np ./.
        """;

    Collected read = Collected.read("ca01", tagged, TEXT.withTagged(Tagging.WORD_TAG));

    assertThat(read.texts)
        .containsExactly(
            "The jury said \"no\" to 1-1/2 of them (all). Why? It wouldn't; \"'tis 'so'\"!"
                + "\n\nEnd credits\n\nMr. Allen Jr.");
  }

  @Test
  void saysWhenATaggedTextHasNoTags() throws Exception {
    assertThat(Collected.read("a", "plain words", TEXT.withTagged(Tagging.WORD_TAG)).refusals)
        .containsExactly(Reason.NOT_TAGGED);
  }

  @Test
  void refusesBinaryFiles() {
    byte[] bytes = {'P', 'K', 3, 4, 0, 0, 0};

    RefusedFile refused =
        org.assertj.core.api.Assertions.catchThrowableOfType(
            RefusedFile.class, () -> Collected.read("a.txt", bytes, TEXT));

    assertThat(refused.reason()).isEqualTo(Reason.UNSUPPORTED_FORMAT);
  }
}
