package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

class ModelCommandTest {

  @Test
  void everyCommandHelps() {
    for (String command : ModelCommand.commandLine().getSubcommands().keySet()) {
      Tnl run = Tnl.model(command, "--help");

      assertThat(run.code()).isZero();
      assertThat(run.out()).contains("Usage: tnl model " + command);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nonsense", "info", "info --sizes --size 7b", "verify", "generate"})
  void aCommandLineThatMakesNoSenseIsAUsageError(String line) {
    Tnl run = Tnl.model(line.isEmpty() ? new Object[0] : (Object[]) line.split(" "));

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("tnl model");
  }

  @ParameterizedTest
  @CsvSource({
    "info nowhere, no such file",
    "verify nowhere, no such file",
    "generate nowhere --prompt x, no such file",
    "info --size 8b, no published size '8b'",
    "info --size tnl2-1b, second-generation",
    "info --size 1b --batch 8, is no number of sequences and their length",
  })
  void whatCannotBeDoneIsSaidInALine(String line, String said) {
    Tnl run = Tnl.model((Object[]) line.split(" "));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("tnl model: ").contains(said).doesNotContain("\tat ");
  }

  @Test
  void infoKnowsThePublishedSizes() {
    assertThat(Tnl.model("info", "--size", "7b", "--json").json().get("parameters").longValue())
        .isEqualTo(6_836_719_616L);
    assertThat(Tnl.model("info", "--size", "tnl3-15b").out()).contains("14,833,382,400");
    assertThat(Tnl.model("info", "--sizes").out()).contains("tnl1-385m").contains("tnl3-410m");
  }

  @Test
  void infoTellsOnHowManyCardsASizeCanBeTrained() {
    Object[] line = {"info", "--size", "7b", "--batch", "1x8192", "--card", "80GB"};
    List<Object> json = new ArrayList<>(List.of(line));
    json.add("--json");

    JsonNode cards = Tnl.model(json.toArray()).json().get("training").get("cards");

    assertThat(cards.get(0).get("bytesOnEach").longValue())
        .isBetween(130_100_000_000L, 130_200_000_000L);
    assertThat(cards.get(0).has("holdingAll")).isFalse();
    assertThat(cards.get(0).get("sharingEverything").intValue()).isEqualTo(2);
    assertThat(cards.get(1).get("holdingAll").intValue()).isEqualTo(8);
    assertThat(Tnl.model(line).out())
        .contains("no number that hold all of it")
        .contains("split in 8");
  }

  @Test
  void infoDescribesAFolderAndAFile() {
    Tnl folder = Tnl.model("info", Tnl.GOLDEN.resolve("tnl3-small"), "--tensors");
    Tnl file = Tnl.model("info", Tnl.GOLDEN.resolve("torch/pytorch_model.bin"), "--json");

    assertThat(folder.out())
        .contains("third generation")
        .contains("model.layers.0.token_mixer.output_gate.0.weight")
        .contains("16.4 kB for each sequence");
    assertThat(file.code()).as(file.err()).isZero();
    assertThat(file.json().get("tensors").size()).isPositive();
  }

  @Test
  void generatesFromTokenIdsTheSameForTheSameSeed() {
    Path model = Tnl.GOLDEN.resolve("tnl1-small");
    Object[] line = {
      "generate", model, "--prompt-ids", "5,6,7", "-n", "9", "--seed", "4", "--json"
    };

    Tnl first = Tnl.model(line);

    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.json().get("tokens").size()).isBetween(1, 9);
    assertThat(Tnl.model(line).json().get("tokens")).isEqualTo(first.json().get("tokens"));
  }

  @Command(name = "exhaust")
  private static final class Exhaust implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new OutOfMemoryError("the GPU's memory does not suffice");
    }
  }

  @Test
  void aMemoryThatDoesNotSufficeIsSaidInALine() {
    CommandLine command = ModelCommand.commandLine().addSubcommand(new Exhaust());
    StringWriter err = new StringWriter();
    command.setErr(new PrintWriter(err));

    int code = command.execute("exhaust");

    assertThat(code).isEqualTo(1);
    assertThat(err.toString().lines())
        .containsExactly("tnl model: out of memory: the GPU's memory does not suffice");
  }

  @Test
  void aTextNeedsATokenizer() {
    Tnl run = Tnl.model("generate", Tnl.GOLDEN.resolve("tnl1-small"), "--prompt", "Hello");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).contains("has no tokenizer,").contains("--prompt-ids");
  }
}
