package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.model.lm.CausalLm;
import org.transnormer.model.lm.LoadOptions;
import org.transnormer.model.tokenizer.Tokenizer;
import tools.jackson.databind.JsonNode;

class EvalCommandTest {

  @TempDir static Path scratch;

  private static Path model;
  private static Path letter;

  @BeforeAll
  static void trainAModel() throws IOException {
    Random random = new Random(1);
    String[] words = {"state ", "head ", "matrix ", "grows ", "never ", "the ", "é ", ". "};
    StringBuilder text = new StringBuilder();
    while (text.length() < 120_000) {
      text.append(words[random.nextInt(words.length)]);
    }
    letter = Files.writeString(scratch.resolve("letter.txt"), text);
    Path few = Files.writeString(scratch.resolve("few.txt"), text.substring(0, 3000));
    Path run = scratch.resolve("run");
    Tnl trained =
        Tnl.model(
            "train",
            few,
            "--out",
            run,
            "--vocab",
            300,
            "--width",
            32,
            "--layers",
            2,
            "--heads",
            2,
            "--batch",
            "2x16",
            "--steps",
            2);
    assertThat(trained.code()).as(trained.err()).isZero();
    model = run.resolve("checkpoint-00000002");
    Files.createDirectories(scratch.resolve("empty"));
    Files.writeString(scratch.resolve("bad.jsonl"), "{\"body\": \"x\"}\n");
    Files.writeString(scratch.resolve("broken.jsonl"), "{\"text\": \n");
    Files.writeString(scratch.resolve("picture.png"), "x");
    Tnl.model(
        "train",
        few,
        "--out",
        scratch.resolve("all"),
        "--heldout",
        0,
        "--steps",
        1,
        "--batch",
        "1x8",
        "--vocab",
        300,
        "--width",
        32,
        "--layers",
        1,
        "--heads",
        2);
    Tnl.model(
        "train",
        Tnl.GOLDEN.resolve("tokenizer/text.txt"),
        "--out",
        scratch.resolve("large"),
        "--steps",
        1,
        "--batch",
        "1x8",
        "--vocab",
        400,
        "--width",
        32,
        "--layers",
        1,
        "--heads",
        2);
  }

  private static Tnl eval(Object... more) {
    Object[] line = new Object[more.length + 4];
    line[0] = "eval";
    line[1] = model;
    System.arraycopy(more, 0, line, 2, more.length);
    line[more.length + 2] = "--device";
    line[more.length + 3] = "cpu";
    return Tnl.model(line);
  }

  @Test
  void scoresAPlainTextInStretchesAsInOnePiece() throws IOException {
    Tokenizer tokenizer = Tokenizer.load(model.resolve("tokenizer.json"));
    int[] ids = tokenizer.encode(Files.readString(letter));
    int[] framed = new int[ids.length + 2];
    framed[0] = tokenizer.eos();
    System.arraycopy(ids, 0, framed, 1, ids.length);
    framed[ids.length + 1] = tokenizer.eos();
    double expected;
    try (CausalLm lm = CausalLm.load(model, LoadOptions.threads(1))) {
      expected = Arrays.stream(lm.negativeLogLikelihood(framed)).average().orElseThrow();
    }

    Tnl run = eval(letter, "--json");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode measured = run.json();
    assertThat(ids.length).isGreaterThan(2 << 13);
    assertThat(measured.get("documents").intValue()).isEqualTo(1);
    assertThat(measured.get("tokens").intValue()).isEqualTo(ids.length + 1);
    assertThat(measured.get("bytes").longValue()).isEqualTo(Files.size(letter));
    assertThat(measured.get("loss").doubleValue()).isCloseTo(expected, within(1e-9));
    assertThat(measured.get("device").stringValue()).startsWith("CPU");
    assertThat(measured.get("weights").stringValue()).isEqualTo("f32");
  }

  @Test
  void oneDocumentShowsProgressAndStopsAtTheLimit() throws IOException {
    Tnl run = eval(letter);
    JsonNode some = eval(letter, "--max-tokens", 100, "--json").json();
    JsonNode ofASet =
        eval(scratch.resolve("run/tokens"), "--split", "train", "--max-tokens", 50, "--json")
            .json();

    assertThat(run.out()).contains("computed by", "CPU", "weights F32");
    assertThat(run.err().lines().findFirst().orElseThrow())
        .startsWith("eval ")
        .doesNotContain("100 %");
    assertThat(run.err()).contains("100 %");
    assertThat(some.get("tokens").intValue()).isEqualTo(100);
    assertThat(some.get("bytes").longValue()).isBetween(100L, Files.size(letter) / 20);
    assertThat(ofASet.get("tokens").intValue()).isEqualTo(50);
  }

  @Test
  void linesOfJsonAreDocuments() throws IOException {
    String lines = "{\"text\": \"The state\"}\n{\"text\": \"never grows\"}\n";
    Path file = Files.writeString(scratch.resolve("two.jsonl"), lines, StandardCharsets.UTF_8);

    JsonNode measured = eval(file, "--json").json();

    assertThat(measured.get("documents").intValue()).isEqualTo(2);
    assertThat(measured.get("bytes").intValue()).isEqualTo(20);
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere.txt, no such file",
    "picture.png, is neither text (.txt",
    "empty, no text and no JSONL below",
    "bad.jsonl, 'bad.jsonl, line 1: has no text in field ''text'''",
    "broken.jsonl, 'broken.jsonl, line 1: is not JSON'",
    "all/tokens, there is nothing to measure in",
    "large/tokens, 'the token set has 400 tokens, the model '",
  })
  void whatCannotBeMeasuredIsSaid(String data, String said) {
    Tnl run = eval(scratch.resolve(data));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("tnl model: ").contains(said).doesNotContain("\tat ");
    assertThat(run.out()).isEmpty();
  }

  @Test
  void aTextNeedsATokenizerAndALimitSomethingToMeasure() {
    Tnl noTokenizer = Tnl.model("eval", Tnl.GOLDEN.resolve("tnl1-small"), letter);
    Tnl noTokens = eval(letter, "--max-tokens", 0);

    assertThat(noTokenizer.code()).isEqualTo(1);
    assertThat(noTokenizer.err()).contains("no such file").contains("tokenizer.json");
    assertThat(noTokens.code()).isEqualTo(2);
    assertThat(noTokens.err()).contains("--max-tokens must be at least 1");
  }
}
