package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.github.luben.zstd.Zstd;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.model.data.TokenSet;
import org.transnormer.model.data.Tokens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainCommandTest {

  private static final List<String> TINY =
      List.of("--vocab", "300", "--width", "32", "--layers", "2", "--heads", "2", "--glu", "48");
  private static final List<String> SHORT =
      List.of("--batch", "2x16", "--steps", "8", "--set", "checkpoints.everySteps=3");

  @TempDir private Path scratch;
  private Path text;

  @BeforeEach
  void writeText() throws IOException {
    text = scratch.resolve("text.txt");
    Files.writeString(text, "The state of a head is a matrix, and it never grows. ".repeat(40));
  }

  private Tnl train(String out, Object... more) {
    List<Object> line = new ArrayList<>(List.of("train", text, "--out", scratch.resolve(out)));
    line.addAll(TINY);
    line.addAll(SHORT);
    line.addAll(List.of(more));
    return Tnl.model(line.toArray());
  }

  @Test
  void trainsOnATextAndWhatItLeavesCanBeMeasuredContinuedAndLookedAt() throws IOException {
    Tnl run = train("run", "--json");

    assertThat(run.code()).as(run.err()).isZero();
    List<JsonNode> events = run.out().lines().map(JsonMapper.shared()::readTree).toList();
    assertThat(events.stream().map(e -> e.get("event").stringValue()).distinct())
        .containsExactly("tokens", "plan", "step", "heldout", "checkpoint");
    Path folder = scratch.resolve("run");
    assertThat(folder.resolve("checkpoint-00000008/config.json")).exists();
    assertThat(folder.resolve("checkpoint-00000003")).doesNotExist();
    assertManifest(folder.resolve("checkpoint-00000008"));
    JsonNode measured = Tnl.model("eval", folder, folder.resolve("tokens"), "--json").json();
    double heldout =
        events.stream()
            .filter(e -> e.get("event").stringValue().equals("heldout"))
            .reduce((_, last) -> last)
            .orElseThrow()
            .get("loss")
            .doubleValue();
    assertThat(measured.get("loss").doubleValue()).isBetween(heldout - 0.3, heldout + 0.3);
    assertThat(Math.log(measured.get("perplexity").doubleValue()))
        .isCloseTo(measured.get("loss").doubleValue(), within(1e-9));
    assertThat(Tnl.model("generate", folder, "-p", "The", "-n", "4", "--json").json().get("text"))
        .isNotNull();
    assertThat(Tnl.model("info", folder).out()).contains("8 of 8 steps");
    assertThat(Tnl.model("tokenize", "-t", folder, "--text", "The", "--count").out())
        .contains("3 bytes");
  }

  /** It names every file of the checkpoint with its digest, and the step. */
  private static void assertManifest(Path checkpoint) throws IOException {
    Manifest manifest = Manifest.read(checkpoint);
    assertThat(manifest.attributes().get("step").intValue()).isEqualTo(8);
    try (Stream<Path> files = Files.list(checkpoint)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(manifest.objects().size() + 1)
          .containsAll(manifest.objects().stream().map(Manifest.Entry::name).toList());
    }
    for (Manifest.Entry entry : manifest.objects()) {
      assertThat(Digests.sha256(checkpoint.resolve(entry.name()))).isEqualTo(entry.sha256());
    }
  }

  @Test
  void aRunThatWasAskedToStopGoesOnToTheSameBytes() throws Exception {
    assertThat(train("whole").code()).isZero();
    List<String> line = new ArrayList<>(java());
    line.addAll(List.of("train", text.toString(), "--out", scratch.resolve("cut").toString()));
    line.addAll(TINY);
    line.addAll(SHORT);
    line.addAll(List.of("--json", "--set", "evaluation.everySteps=1"));

    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    StringBuilder said = new StringBuilder();
    try (BufferedReader out = process.inputReader()) {
      for (String each = out.readLine(); each != null; each = out.readLine()) {
        said.append(each).append('\n');
        if (each.contains("\"event\":\"heldout\",\"step\":1,")) {
          process.toHandle().destroy(); // The streams stay open.
        }
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(said.toString()).contains("interrupted").doesNotContain("\"step\":8");
    assertThat(process.exitValue()).isNotZero();
    Tnl resumed = Tnl.model("train", "--out", scratch.resolve("cut"), "--resume");

    assertThat(resumed.code()).as(resumed.err()).isZero();
    for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
      assertThat(scratch.resolve("cut/checkpoint-00000008").resolve(file))
          .hasSameBinaryContentAs(scratch.resolve("whole/checkpoint-00000008").resolve(file));
    }
  }

  @Test
  void timeBringsCheckpointsThatGiveWayAndChangeNothing() throws IOException {
    Tnl timed = train("timed", "--checkpoint-minutes", "1e-9", "--json");
    Tnl plain = train("plain", "--checkpoint-minutes", 0, "--json");

    assertThat(steps(timed, "checkpoint")).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(steps(plain, "checkpoint")).containsExactly(3, 6, 8);
    assertThat(new RunFolder(scratch.resolve("timed")).checkpoints())
        .map(folder -> folder.getFileName().toString())
        .containsExactly("checkpoint-00000006", "checkpoint-00000008");
    for (String file :
        List.of("model.safetensors", "optimizer.safetensors", "training-state.json")) {
      assertThat(scratch.resolve("timed/checkpoint-00000008").resolve(file))
          .hasSameBinaryContentAs(scratch.resolve("plain/checkpoint-00000008").resolve(file));
    }
    assertThat(train("no", "--checkpoint-minutes", -1).code()).isEqualTo(2);
  }

  private static List<Integer> steps(Tnl run, String event) {
    return run.out()
        .lines()
        .map(JsonMapper.shared()::readTree)
        .filter(e -> e.get("event").stringValue().equals(event))
        .map(e -> e.get("step").intValue())
        .toList();
  }

  private static List<String> java() {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-javaagent") && !flag.startsWith("-agentlib"))
        .forEach(line::add);
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add(ModelCommand.class.getName());
    return line;
  }

  @Test
  void readsLinesThatAreCompressedAndHoldsSomeOut() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      lines.append("{\"body\": \"Letter number %d, with some words in it.\"}%n".formatted(i));
    }
    Path letters = scratch.resolve("letters.jsonl.zst");
    Files.write(letters, Zstd.compress(lines.toString().getBytes(StandardCharsets.UTF_8)));
    text = letters;

    Tnl run = train("run", "--json", "--text-field", "body", "--heldout", "0.3");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode tokens = JsonMapper.shared().readTree(run.out().lines().findFirst().orElseThrow());
    double share =
        tokens.get("heldout").doubleValue()
            / (tokens.get("heldout").doubleValue() + tokens.get("train").doubleValue());
    assertThat(share).isBetween(0.1, 0.5);
  }

  @Test
  void ofManyTextFilesSomeAreHeldOutAsAWhole() throws IOException {
    text = Files.createDirectory(scratch.resolve("letters"));
    for (int i = 0; i < 40; i++) {
      Files.writeString(
          text.resolve(i + ".txt"), "Dear number %d, nothing new here.\n".formatted(i));
    }

    Tnl run = train("run", "--json");

    assertThat(run.code()).as(run.err()).isZero();
    try (TokenSet tokens = TokenSet.open(scratch.resolve("run/tokens"))) {
      Tokens heldout = tokens.heldout();
      assertThat(heldout.documents()).isEqualTo(2);
      assertThat(tokens.tokenizer().decode(heldout.read(0, (int) heldout.documentEnd(0))))
          .matches("(?s)Dear number \\d+, nothing new here\\..*");
    }
  }

  @Test
  void severalTokenSetsAreMixedByWeightOrBySize() throws IOException {
    assertThat(train("one").code()).isZero();
    Path tokenizer = scratch.resolve("one/checkpoint-00000008/tokenizer.json");
    Files.writeString(text, "Another text, which is longer than the first. ".repeat(80));
    Tnl.model("tokenize", "-t", tokenizer, text, "--out", scratch.resolve("two"));
    Path[] sets = {scratch.resolve("one/tokens"), scratch.resolve("two")};

    Tnl bySize = mix("by-size", sets);
    Tnl byWeight = mix("by-weight", sets, "--mixture", "0.7,0.3");
    Tnl tooFew = mix("too-few", sets, "--mixture", "0.7");
    Tnl resumed = resume("by-weight", "--steps", 6, "--device", "cpu", "--json");
    Tnl inAnotherOrder = resume("by-weight", sets[1], sets[0], "--steps", 8);
    Tnl withTexts = Tnl.model("train", sets[0], text, "--out", scratch.resolve("both"));

    assertThat(bySize.code()).as(bySize.err()).isZero();
    try (TokenSets tokens = TokenSets.open(List.of(sets))) {
      assertThat(mixture(bySize)).isEqualTo(tokens.bySize()).hasSize(2);
    }
    assertThat(mixture(byWeight)).containsExactly(0.7, 0.3);
    assertThat(tooFew.err()).contains("mixture is for 1 token sets, there are 2");
    assertThat(resumed.code()).as(resumed.err()).isZero();
    assertThat(mixture(resumed)).containsExactly(0.7, 0.3);
    assertThat(inAnotherOrder.err()).contains("data is not the checkpoint's");
    assertThat(withTexts.code()).isEqualTo(2);
    assertThat(withTexts.err()).contains("texts or token sets, not both");
  }

  private Tnl mix(String out, Path[] sets, Object... more) {
    List<Object> line = new ArrayList<>(List.of("train", sets[0], sets[1], "--json", "--steps", 4));
    line.addAll(List.of("--width", 32, "--layers", 1, "--heads", 2, "--batch", "2x16"));
    line.addAll(List.of("--out", scratch.resolve(out), "--device", "cpu"));
    line.addAll(List.of(more));
    return Tnl.model(line.toArray());
  }

  private static List<Double> mixture(Tnl run) {
    return run.out()
        .lines()
        .map(JsonMapper.shared()::readTree)
        .filter(event -> event.get("event").stringValue().equals("plan"))
        .findFirst()
        .orElseThrow()
        .get("spec")
        .get("mixture")
        .valueStream()
        .map(JsonNode::doubleValue)
        .toList();
  }

  @Test
  void theThirdGenerationAndEveryFieldOfTheSpecificationCanBeAskedFor() {
    Tnl run =
        Tnl.model(
            "train", "--plan", "--gate", 8, "--width", 64, "--set", "optimizer.clip=0.5", "--json");

    assertThat(run.code()).as(run.err()).isZero();
    JsonNode spec = run.json().get("spec");
    assertThat(spec.get("model").get("gate_dim").intValue()).isEqualTo(8);
    assertThat(spec.get("optimizer").get("clip").doubleValue()).isEqualTo(0.5);
    assertThat(run.json().get("bytes").longValue()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({
    "--set optimizer.clip=-1, optimizer.clip must not be negative",
    "--set optimiser.clip=1, optimiser is not known here",
    "--set model.decoder_attention_heads=3, must divide the width",
    "--set batch.sequences=0, batch.sequences must be at least 1",
    "--heldout 1, the held-out share must be in",
    "--device abacus, no device is called 'abacus'",
  })
  void whatCannotBeTrainedIsSaid(String options, String said) {
    Tnl run = train("run", (Object[]) options.split(" "));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains(said).doesNotContain("\tat ");
  }

  private Tnl resume(String out, Object... more) {
    List<Object> line =
        new ArrayList<>(List.of("train", "--out", scratch.resolve(out), "--resume"));
    line.addAll(List.of(more));
    return Tnl.model(line.toArray());
  }

  @Test
  void aRunGoesOnOnNoOtherDataThanItBeganOn() throws IOException {
    assertThat(train("run").code()).isZero();
    Files.writeString(text, "Other words, with another tokenizer of the same size. ".repeat(40));
    assertThat(train("other").code()).isZero();

    Tnl onOthers = resume("run", scratch.resolve("other/tokens"), "--steps", 10);
    Tnl onTexts = resume("run", text, "--steps", 10);
    Files.move(scratch.resolve("run/tokens"), scratch.resolve("moved"));
    Tnl onItsOwn = resume("run", scratch.resolve("moved"), "--steps", 10);

    assertThat(onOthers.code()).isEqualTo(1);
    assertThat(onOthers.err()).contains("data is not the checkpoint's").contains("other/tokens");
    assertThat(onTexts.code()).isEqualTo(2);
    assertThat(onTexts.err()).contains("can only be the run's token set");
    assertThat(onItsOwn.code()).as(onItsOwn.err()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--spec x.json",
        "--size 1b",
        "--width 64",
        "--layers 3",
        "--heads 4",
        "--glu 64",
        "--gate 8",
        "--mixture 1,2",
        "--tokenizer x.json",
        "--vocab 400",
        "--text-field body",
        "--heldout 0.1"
      })
  void whatARunBeganAsIsNotSaidAgain(String option) throws IOException {
    Files.createDirectories(scratch.resolve("run/checkpoint-00000001"));

    Tnl run = resume("run", (Object[]) option.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err())
        .contains(option.replaceFirst(" .*", "") + " has no place beside --resume");
  }

  @ParameterizedTest
  @CsvSource({
    "--width 16384 --heads 128 --layers 200, a smaller model or shorter sequences",
    "--batch 65536x256, --set batch.recompute=true and --set batch.microSequences=1",
  })
  void whatDoesNotFitIntoMemoryIsRefusedWithAWayOut(String options, String said) {
    List<Object> line = new ArrayList<>(List.of("train", text, "--out", scratch.resolve("run")));
    line.addAll(List.of("--vocab", 300, "--device", "cpu"));
    line.addAll(List.of(options.split(" ")));

    Tnl run = Tnl.model(line.toArray());

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("training takes ").contains(" are free; ").contains(said);
  }

  @Test
  void aRunWithoutCheckpointsDoesNotGoOn() {
    assertThat(resume("nowhere").err()).contains("holds no checkpoint");
  }

  @Test
  void aLineWithoutTextIsNamed() throws IOException {
    text = scratch.resolve("bad.jsonl");
    Files.writeString(text, "{\"text\": \"fine\"}\n\n{\"body\": \"x\"}\n");

    assertThat(train("run").err()).contains("bad.jsonl, line 3: has no text in field 'text'");
  }

  @Test
  void aTextThatIsNotUtf8IsNamed() throws IOException {
    Files.write(text, new byte[] {'a', (byte) 0xC3, '('});

    assertThat(train("run").err()).contains("text.txt is not UTF-8");
  }

  @Test
  void aRunIsNotOverwritten() {
    train("run");

    assertThat(train("run").err()).contains("holds checkpoints already").contains("--resume");
  }
}
