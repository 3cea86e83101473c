package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.model.checkpoint.ModelWeights;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.config.PhaseRounding;
import org.transnormer.model.lm.ModelFamilies;

class ConvertCommandTest {

  private static final Path TORCH = Tnl.GOLDEN.resolve("torch");

  @TempDir private Path scratch;

  @Test
  void aPyTorchFileBecomesTheSameNumbersInSafetensors() throws IOException {
    Path to = scratch.resolve("converted");

    Tnl run = Tnl.model("convert", TORCH, to);

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(to.resolve("model.safetensors")).exists();
    try (ModelWeights before = ModelFamilies.weights(TORCH);
        ModelWeights after = ModelFamilies.weights(to)) {
      assertThat(after.config()).isEqualTo(before.config());
      for (TensorSpec tensor : before.tensors()) {
        assertThat(floats(after, tensor)).containsExactly(floats(before, tensor));
      }
    }
  }

  @Test
  void roundsAllButAnglesToBfloat16InShardsThatLoadAgain() throws IOException {
    Path from = large();
    Path to = scratch.resolve("shards");

    Tnl run = Tnl.model("convert", from, to, "--dtype", "bf16", "--shard-size", "1MB");

    assertThat(run.code()).as(run.err()).isZero();
    assertThat(to.resolve("model.safetensors")).doesNotExist();
    assertThat(to.resolve("model.safetensors.index.json")).exists();
    assertThat(Files.readString(to.resolve("config.json"))).contains("bfloat16");
    try (ModelWeights before = ModelFamilies.weights(from);
        ModelWeights after = ModelFamilies.weights(to)) {
      for (TensorSpec tensor : before.tensors()) {
        float[] exact = floats(before, tensor);
        float[] rounded = floats(after, tensor);
        boolean angles = TnlTensors.isTheta(tensor.name());
        for (int i = 0; i < exact.length; i++) {
          assertThat(rounded[i]).isEqualTo(angles ? exact[i] : PhaseRounding.bfloat16(exact[i]));
        }
      }
      assertThat(after.bfloat16()).isTrue();
    }
    Tnl generated = Tnl.model("generate", to, "--prompt-ids", "5,6", "-n", "3", "--json");
    assertThat(generated.code()).as(generated.err()).isZero();
  }

  /** A run's checkpoint whose bf16 weights need two files of a megabyte. */
  private Path large() throws IOException {
    Path text =
        Files.writeString(scratch.resolve("text.txt"), "Some words to train on. ".repeat(60));
    Path run = scratch.resolve("run");
    Tnl trained =
        Tnl.model(
            "train",
            text,
            "--out",
            run,
            "--vocab",
            300,
            "--width",
            256,
            "--layers",
            2,
            "--batch",
            "1x8",
            "--steps",
            1);
    assertThat(trained.code()).as(trained.err()).isZero();
    return run.resolve("checkpoint-00000001");
  }

  @Test
  void whatBrokeOffIsNoModelAndStandsInNobodysWay() throws IOException {
    Path from = Files.createDirectory(scratch.resolve("from"));
    for (String name : List.of("config.json", "pytorch_model.bin")) {
      Files.copy(TORCH.resolve(name), from.resolve(name));
    }
    Path missing = scratch.resolve("missing.json");
    Files.createSymbolicLink(from.resolve("special_tokens_map.json"), missing);
    Files.writeString(from.resolve("generation_config.json"), "{\"temperature\": 1}");
    Files.writeString(from.resolve("added_tokens.json"), "{}");
    Path to = scratch.resolve("to");

    Tnl broken = Tnl.model("convert", from, to);
    boolean appeared = Files.exists(to);
    Files.writeString(missing, "{}");
    Tnl again = Tnl.model("convert", from, to);

    assertThat(broken.code()).isEqualTo(1);
    assertThat(appeared).isFalse();
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(scratch.resolve("to.unfinished")).doesNotExist();
    assertThat(to.toFile().list())
        .containsExactlyInAnyOrder(
            "config.json",
            "model.safetensors",
            "manifest.json",
            "special_tokens_map.json",
            "generation_config.json",
            "added_tokens.json");
  }

  @Test
  void doesNotOverwriteAndRefusesAbsurdSizes() throws IOException {
    Files.writeString(scratch.resolve("mine"), "x");

    assertThat(Tnl.model("convert", TORCH, scratch).err()).contains("is not empty");
    for (String size : List.of("12", "many", "-1GB")) {
      Tnl run = Tnl.model("convert", TORCH, scratch.resolve("to"), "--shard-size=" + size);
      assertThat(run.code()).isEqualTo(1);
      assertThat(run.err()).contains("'" + size + "'");
    }
  }

  private static float[] floats(ModelWeights weights, TensorSpec tensor) throws IOException {
    float[] numbers = new float[Math.toIntExact(tensor.elements())];
    weights.copyFloats(tensor.name(), MemorySegment.ofArray(numbers), 0);
    return numbers;
  }
}
