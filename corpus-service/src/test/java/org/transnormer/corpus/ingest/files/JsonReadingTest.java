package org.transnormer.corpus.ingest.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.corpus.ingest.Reason;
import org.transnormer.corpus.ingest.RefusedFile;
import org.transnormer.corpus.sources.InvalidText;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.SourceFormat;

class JsonReadingTest {
  private static final ReadingRules JSONL = ReadingRules.of(SourceFormat.JSONL);

  @Test
  void takesTextAndUsualMetadata() throws Exception {
    Collected read =
        Collected.read(
            "a.jsonl",
            """
            {"id":"r1","text":"One.","url":"https://example.org/1","score":3}

            {"text":"Two.","metadata":{"url":"https://example.org/2","tags":["x"],"year":1851}}
            """,
            JSONL);

    assertThat(read.texts).containsExactly("One.", "Two.");
    assertThat(read.metadata)
        .containsExactly(
            Map.of("recordId", "r1", "url", "https://example.org/1"),
            Map.of("url", "https://example.org/2", "year", "1851"));
    assertThat(read.refusals).isEmpty();
  }

  @Test
  void takesConfiguredFieldsByNameAndPointer() throws Exception {
    ReadingRules rules =
        JSONL.withFields(Map.of("text", "/body/content", "language", "lang", "title", "/body/t/0"));

    Collected read =
        Collected.read(
            "a.jsonl", "{\"lang\":\"de\",\"body\":{\"t\":\"x\",\"content\":\"Hallo\"}}", rules);

    assertThat(read.texts).containsExactly("Hallo");
    assertThat(read.metadata).containsExactly(Map.of("language", "de"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          {"text":"cut off          | INVALID_JSON
          {"text":"a"} {"text":"b"} | INVALID_JSON
          {"text":"a","text":"b"}   | INVALID_JSON
          {"body":"a"}              | MISSING_TEXT
          {"text":null}             | MISSING_TEXT
          {"text":["a"]}            | MISSING_TEXT
          [1,2]                     | MISSING_TEXT
          "a"                       | MISSING_TEXT
          {"text":"  "}             | EMPTY
          {"text":"a\\ud800b"}       | INVALID_ENCODING
          not json                  | INVALID_JSON
          """)
  void aBadLineCostsThatLineOnly(String line, Reason reason) throws Exception {
    Collected read =
        Collected.read("a.jsonl", "{\"text\":\"1\"}\n" + line + "\n{\"text\":\"2\"}\n", JSONL);

    assertThat(read.texts).containsExactly("1", "2");
    assertThat(read.refusals).containsExactly(reason);
  }

  @Test
  void refusesALineThatIsNoUtf8UnlessToldToReplace() throws Exception {
    byte[] bytes =
        "{\"text\":\"caf\u00e9\"}\n{\"text\":\"b\"}".getBytes(StandardCharsets.ISO_8859_1);

    Collected failed = Collected.read("a.jsonl", bytes, JSONL);
    Collected replaced =
        Collected.read("a.jsonl", bytes, JSONL.withInvalidText(InvalidText.REPLACE));
    Collected latin =
        Collected.read("a.jsonl", bytes, JSONL.withCharset(StandardCharsets.ISO_8859_1));

    assertThat(failed.texts).containsExactly("b");
    assertThat(failed.refusals).containsExactly(Reason.INVALID_ENCODING);
    assertThat(replaced.texts).containsExactly("caf\uFFFD", "b");
    assertThat(latin.texts).containsExactly("caf\u00e9", "b");
  }

  @Test
  void refusesALineThatNestsTooDeeply() throws Exception {
    String deep = "{\"x\":" + "[".repeat(500) + "]".repeat(500) + ",\"text\":\"a\"}";

    Collected read = Collected.read("a.jsonl", deep, JSONL);

    assertThat(read.refusals).containsExactly(Reason.TOO_DEEP);
  }

  @Test
  void refusesALongLineAndGoesOn() throws Exception {
    String lines =
        "{\"text\":\"1\"}\n{\"text\":\"" + "x".repeat(100_000) + "\"}\n{\"text\":\"2\"}\n";

    Collected read = Collected.read("a.jsonl", lines, JSONL);

    assertThat(read.texts).containsExactly("1", "2");
    assertThat(read.refusals).containsExactly(Reason.LINE_TOO_LONG);
  }

  @Test
  void refusesMetadataWithoutMeasure() throws Exception {
    String line = "{\"text\":\"a\",\"url\":\"" + "u".repeat(2000) + "\"}";

    assertThat(Collected.read("a.jsonl", line, JSONL).refusals)
        .containsExactly(Reason.METADATA_TOO_LARGE);
  }

  @Test
  void readsArraysAndSingleRecordsFromJsonFiles() throws Exception {
    ReadingRules auto = ReadingRules.of(SourceFormat.AUTO);

    Collected array = Collected.read("a.json", "[{\"text\":\"1\"},\n7,{\"text\":\n\"2\"}]", auto);
    Collected single =
        Collected.read("a.json", "\uFEFF{\n \"title\": \"T\",\n \"text\": \"1\"\n}", auto);

    assertThat(array.texts).containsExactly("1", "2");
    assertThat(array.refusals).containsExactly(Reason.MISSING_TEXT);
    assertThat(single.texts).containsExactly("1");
    assertThat(single.metadata).containsExactly(Map.of("title", "T"));
  }

  @Test
  void damageEndsAJsonFileButKeepsWhatCameBefore() {
    Collected collected = new Collected();
    byte[] bytes = "[{\"text\":\"1\"},{\"text\":".getBytes(StandardCharsets.UTF_8);

    RefusedFile refused =
        catchThrowableOfType(
            RefusedFile.class,
            () ->
                new FileReading(Collected.SMALL)
                    .read("a.json", new java.io.ByteArrayInputStream(bytes), JSONL, collected));

    assertThat(refused.reason()).isEqualTo(Reason.INVALID_JSON);
    assertThat(collected.texts).containsExactly("1");
  }

  @Test
  void endsARecordThatDoesNotEnd() {
    String endless = "[{\"text\":\"1\",\"x\":[" + "1,".repeat(200_000) + "1]}]";

    assertThatThrownBy(() -> Collected.read("a.json", endless, JSONL))
        .isInstanceOfSatisfying(
            RefusedFile.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
  }
}
