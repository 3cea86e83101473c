package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.peer.Python;

/**
 * Checkpoints that are written here, loaded by PyTorch: what it computes of them in double, by
 * formulas of its own, is what the library computes.
 */
class TorchPeerTest {

  @TempDir private Path scratch;
  private Path text;

  @BeforeEach
  void writeText() throws IOException {
    text = scratch.resolve("text.txt");
    Files.writeString(text, "A head keeps a matrix, and it never grows with the text. ".repeat(60));
  }

  @Test
  void aTrainedCheckpointIsTheSameModelThere() throws IOException {
    Path trained = trained("--heads", 6, "--width", 48, "--layers", 3);

    assertPyTorchAgrees(trained);
  }

  @Test
  void shardsOfBfloat16OfTheThirdGenerationAreTheSameModelThere() throws IOException {
    Path trained = trained("--gate", 16, "--heads", 8, "--width", 256, "--layers", 2);
    Path shards = scratch.resolve("shards");
    Tnl converted = Tnl.model("convert", trained, shards, "--dtype=bf16", "--shard-size=1MB");
    assertThat(converted.code()).as(converted.err()).isZero();
    assertThat(shards.resolve("model.safetensors.index.json")).exists();

    assertPyTorchAgrees(shards);
  }

  private Path trained(Object... sizes) {
    List<Object> line = new ArrayList<>(List.of("train", text, "--out", scratch.resolve("run")));
    line.addAll(List.of("--vocab", 300, "--batch", "2x64", "--steps", 3, "--seed", 5));
    line.addAll(List.of(sizes));
    Tnl run = Tnl.model(line.toArray());
    assertThat(run.code()).as(run.err()).isZero();
    return scratch.resolve("run/checkpoint-00000003");
  }

  private static void assertPyTorchAgrees(Path model) throws IOException {
    Python.run(
        "golden_peer.py", "torch, safetensors", model, Path.of("2"), Path.of("70"), Path.of("1"));

    Tnl verified = Tnl.model("verify", model, "--json");

    assertThat(verified.code()).as(verified.out()).isZero();
    assertThat(verified.json().get("passed").intValue()).isEqualTo(1);
    assertThat(verified.json().get("comparisons").intValue()).isGreaterThan(40);
  }
}
