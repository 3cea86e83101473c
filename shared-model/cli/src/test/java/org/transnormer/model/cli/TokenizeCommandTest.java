package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.data.TokenSet;
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
  void readsLinesOfJsonThatAreCompressed() throws IOException {
    Path letters = scratch.resolve("letters.jsonl.zst");
    String lines = "{\"body\": \"The sea\"}\n{\"body\": \"a ship\"}\n";
    Files.write(letters, Zstd.compress(lines.getBytes(StandardCharsets.UTF_8)));
    Path other = Files.writeString(scratch.resolve("other"), "a name that says nothing");

    Tnl run =
        Tnl.model("tokenize", "-t", TOKENIZER, letters, other, "--text-field", "body", "--json");

    List<JsonNode> texts = run.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(texts).map(text -> text.get("bytes").intValue()).containsExactly(7, 6, 24);
    assertThat(texts.getFirst().get("ids"))
        .isEqualTo(
            Tnl.model("tokenize", "-t", TOKENIZER, "--text", "The sea", "--json")
                .json()
                .get("ids"));
  }

  @Test
  void makesATokenSetThatCanBeTrainedOnAndAppearsWhenItIsWhole() throws IOException {
    Path texts = Files.createDirectories(scratch.resolve("texts"));
    Files.writeString(texts.resolve("a.txt"), "The sea never saw the ship. ".repeat(60));
    Path bad = Files.writeString(texts.resolve("b.jsonl"), "{\"text\": 3}\n");
    Path set = scratch.resolve("set");
    Object[] line = {"tokenize", "-t", TOKENIZER, texts, "--out", set, "--heldout", "0.2"};

    Tnl broken = Tnl.model(line);
    boolean appeared = Files.exists(set);
    Files.writeString(bad, "{\"text\": \"The ship saw the sea.\"}\n");
    Tnl whole = Tnl.model(line);

    assertThat(broken.err()).contains("b.jsonl, line 1: has no text in field 'text'");
    assertThat(appeared).isFalse();
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(whole.err()).contains("100 %").contains("tokens to train on");
    assertThat(scratch.resolve("set.unfinished")).doesNotExist();
    assertThat(Tnl.model(line).err()).contains("is not empty");
    try (TokenSet tokens = TokenSet.open(set)) {
      double share = tokens.heldout().size() / (double) tokens.train().size();
      assertThat(tokens.heldout().documents() + tokens.train().documents()).isEqualTo(3);
      assertThat(share).isBetween(0.15, 0.35);
    }
    Tnl trained =
        Tnl.model(
            "train",
            set,
            "--out",
            scratch.resolve("run"),
            "--width",
            32,
            "--layers",
            1,
            "--heads",
            2,
            "--batch",
            "1x8",
            "--steps",
            1,
            "--device",
            "cpu");
    assertThat(trained.code()).as(trained.err()).isZero();
  }

  @Test
  void aTokenSetIsOfFilesAndShowsNothing() {
    assertThat(Tnl.model("tokenize", "-t", TOKENIZER, "--out", scratch.resolve("x")).code())
        .isEqualTo(2);
    Path text = Tnl.GOLDEN.resolve("tokenizer/text.txt");
    assertThat(
            Tnl.model("tokenize", "-t", TOKENIZER, text, "--out", scratch.resolve("x"), "--count")
                .err())
        .contains("--out makes a token set of FILEs");
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
