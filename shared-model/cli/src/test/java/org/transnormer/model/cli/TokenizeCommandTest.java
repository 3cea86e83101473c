package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TokenizeCommandTest {

  private static final Path TOKENIZER =
      Tnl.GOLDEN.resolve("tokenizer/metaspace-bytefallback.tokenizer.json");

  @TempDir private Path scratch;

  @Test
  void idsAndTextAreEachOthersInverse() {
    String ids = Tnl.model("tokenize", "-t", TOKENIZER, "--text", "The sea, \uD83C\uDF0A").out();

    assertThat(ids.strip()).matches("[0-9]+( [0-9]+)+");
    assertThat(Tnl.model("tokenize", "-t", TOKENIZER, "--decode", "--text", ids).out())
        .isEqualToIgnoringNewLines("The sea, \uD83C\uDF0A");
  }

  @Test
  void countsAFilesTokensAsTheReferenceDoes() {
    Path text = Tnl.GOLDEN.resolve("tokenizer/text.txt");
    Path tokenizer = Tnl.GOLDEN.resolve("tokenizer/split-nfc.tokenizer.json");

    Tnl run = Tnl.model("tokenize", "-t", tokenizer, text, "--count", "--json");

    assertThat(run.json().get("count").intValue()).isEqualTo(12_622);
    assertThat(run.json().get("bytes").intValue()).isEqualTo(50_048);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void readsSentencePieceModelsAndGivesTheirIds(String name) throws IOException {
    JsonNode expected =
        JsonMapper.shared()
            .readTree(Files.readString(Tnl.GOLDEN.resolve("sentencepiece/expected.json")));
    Path model = Files.createDirectory(scratch.resolve("model")).resolve("tokenizer.model");
    Files.copy(Tnl.GOLDEN.resolve("sentencepiece/" + name + ".model"), model);

    for (Path given : new Path[] {model, model.getParent()}) {
      for (int i = 0; i < 40; i++) {
        String text = expected.get("texts").get(i).stringValue();
        Tnl run = Tnl.model("tokenize", "-t", given, "--text=" + text, "--json");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.json().get("ids")).as(text).isEqualTo(expected.get(name).get(i));
      }
    }
  }

  @Test
  void showsPiecesWithTheirIds() {
    Tnl run = Tnl.model("tokenize", "-t", TOKENIZER, "--text", "a b", "--pieces", "--json");

    String joined =
        run.json()
            .get("pieces")
            .valueStream()
            .map(piece -> piece.stringValue())
            .reduce("", String::concat);
    assertThat(joined.strip()).isEqualTo("a b");
    assertThat(run.json().get("ids").size()).isEqualTo(run.json().get("pieces").size());
  }

  @Test
  void badIdsAndBadTokenizersAreSaid() throws IOException {
    Path no = Files.writeString(scratch.resolve("tokenizer.json"), "{}");

    assertThat(Tnl.model("tokenize", "-t", TOKENIZER, "--decode", "--text", "3 x").err())
        .contains("'x' is no token id");
    assertThat(Tnl.model("tokenize", "-t", TOKENIZER, "--decode", "--text", "5000").err())
        .contains("token 5000 is outside the vocabulary of 1000");
    assertThat(Tnl.model("tokenize", "-t", no, "--text", "x").err()).contains("model.vocab");
    assertThat(Tnl.model("tokenize", "--text", "x").code()).isEqualTo(2);
  }
}
