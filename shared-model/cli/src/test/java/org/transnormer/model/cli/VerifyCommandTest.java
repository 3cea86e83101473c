package org.transnormer.model.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.transnormer.model.checkpoint.DType;
import org.transnormer.model.checkpoint.Safetensors;
import org.transnormer.model.checkpoint.TensorInfo;
import org.transnormer.model.device.DeviceUnavailableException;
import org.transnormer.model.device.Devices;
import tools.jackson.databind.JsonNode;

class VerifyCommandTest {

  @TempDir private Path scratch;
  private Path copy;

  @BeforeEach
  void copyGoldenFolder() throws IOException {
    copy = scratch.resolve("golden");
    try (Stream<Path> files = Files.walk(Tnl.GOLDEN)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, copy.resolve(Tnl.GOLDEN.relativize(file).toString()));
      }
    }
  }

  @Test
  void everythingThatIsKnownHoldsAndTheRestIsCountedAsSkipped() throws IOException {
    foreign("llama-small", "{\"model_type\": \"llama\", \"hidden_size\": 64}");

    Tnl run = Tnl.model("verify", copy, "--json");

    JsonNode json = run.json();
    assertThat(run.code()).as(run.out()).isZero();
    assertThat(json.get("holds").booleanValue()).isTrue();
    assertThat(json.get("passed").intValue()).isEqualTo(12);
    assertThat(json.get("skipped").intValue()).isEqualTo(1);
    assertThat(json.get("outside").intValue()).isZero();
    assertThat(json.get("comparisons").intValue()).isGreaterThan(350);
    assertThat(Tnl.model("verify", copy.resolve("llama-small")).out())
        .contains("'llama' is not of a family this build knows")
        .contains("0 passed, 0 failed, 1 skipped");
  }

  @ParameterizedTest
  @CsvSource({
    "tnl1-small/golden.safetensors, act.layers.1.o_norm",
    "tnl1-small/golden.safetensors, grad.model.layers.0.token_mixer.lrpe.theta",
    "tnl1-small/golden.safetensors, pad.grad.model.embed_tokens.weight",
    "tnl1-noscale-lrpe-all/golden.safetensors, decode.tokens",
    "tnl1-noscale-lrpe-all/golden.safetensors, loss",
    "tnl3-small/golden.safetensors, act.layers.2.gate",
    "tnl3-small/golden.safetensors, decode.state.0",
    "tnl1-adamw/golden.safetensors, final.model.layers.1.channel_mixer.l2.weight",
    "tnl1-adamw/golden.safetensors, grad_norm",
    "lightning-attention.safetensors, dS0",
    "lrpe.safetensors, dtheta",
    "srmsnorm-tnl.safetensors, dx",
  })
  void oneWrongNumberFailsByName(String file, String tensor) throws IOException {
    disturb(copy.resolve(file), tensor);
    Path subject = copy.resolve(file.replace("/golden.safetensors", ""));

    Tnl run = Tnl.model("verify", subject, "--json");

    assertThat(run.code()).isEqualTo(1);
    assertThat(outside(run.json())).containsExactly(tensor);
    assertThat(Tnl.model("verify", subject, "--failures").out())
        .containsPattern("FAIL +\\Q" + tensor + "\\E ");
  }

  @Test
  void aWrongWeightIsSeenInWhatIsComputedFromIt() throws IOException {
    disturb(
        copy.resolve("tnl3-small/model.safetensors"),
        "model.layers.2.token_mixer.output_gate.1.weight");

    Tnl run = Tnl.model("verify", copy.resolve("tnl3-small"), "--json");

    assertThat(run.code()).isEqualTo(1);
    assertThat(outside(run.json()))
        .contains("logits", "act.layers.2.gate", "logits (prefill)", "decode.logits")
        .doesNotContain("act.layers.1.out", "state.1");
  }

  @Test
  void oneWrongSlopeAndOneWrongIdFailByName() throws IOException {
    replace(copy.resolve("slopes.json"), "0.5946035575013604", "0.5946035575013605e1");
    replace(copy.resolve("tokenizer/split-nfc.expected.json"), "\"ids\": [223]", "\"ids\": [224]");

    assertThat(outside(Tnl.model("verify", copy.resolve("slopes.json"), "--json").json()))
        .contains("slopes_float64 H=20");
    assertThat(outside(Tnl.model("verify", copy.resolve("tokenizer"), "--json").json()))
        .contains("ids of 260 strings");
  }

  @Test
  void aTruncatedFileIsNamedAndTheOthersAreStillVerified() throws IOException {
    Path broken = copy.resolve("lrpe.safetensors");
    try (FileChannel channel = FileChannel.open(broken, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 4);
    }

    Tnl run = Tnl.model("verify", broken, copy.resolve("srmsnorm-tnl.safetensors"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("FAIL  lrpe.safetensors: ").contains("1 passed, 1 failed");
  }

  @Test
  void anyDeviceCanBeVerified() {
    Path small = Tnl.GOLDEN.resolve("tnl1-small");

    Tnl named = Tnl.model("verify", small, "--device", "cpu", "--json");
    Tnl unknown = Tnl.model("verify", small, "--device", "abacus");

    assertThat(named.code()).as(named.err()).isZero();
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err()).contains("no device is called 'abacus'");
  }

  @Test
  void aDeviceThatMultipliesInBfloat16IsNamedWithItsErrors() {
    assumeTrue(hasBfloat16(), "no products of bfloat16 here");

    Tnl run = Tnl.model("verify", Tnl.GOLDEN.resolve("tnl1-small"), "--device", "cpu-bf16");

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).containsPattern("FAIL +logits +[0-9.]+e-0[1-4],");
  }

  private static boolean hasBfloat16() {
    try {
      Devices.open(Devices.CPU_BFLOAT16, 1, false).close();
      return true;
    } catch (DeviceUnavailableException e) {
      return false;
    }
  }

  @Test
  void aFolderWithNothingToCompareIsNoSuccess() {
    Tnl run = Tnl.model("verify", scratch.resolve("golden/torch"));

    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out()).contains("nothing was compared");
  }

  private void foreign(String name, String config) throws IOException {
    Path folder = Files.createDirectory(copy.resolve(name));
    Files.copy(copy.resolve("lrpe.safetensors"), folder.resolve("golden.safetensors"));
    Files.writeString(folder.resolve("config.json"), config);
  }

  /** Changes the last number of a tensor, by about a thousandth where it is a float. */
  private static void disturb(Path file, String tensor) throws IOException {
    TensorInfo info;
    try (Safetensors tensors = Safetensors.open(file)) {
      info = tensors.info(tensor);
    }
    int size = info.type().bytes();
    ByteBuffer number = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      long at = info.offset() + info.bytes() - size;
      channel.read(number, at);
      number.flip();
      if (info.type() == DType.F32) {
        number.putFloat(0, number.getFloat(0) * 1.01f + 0.01f);
      } else {
        number.putLong(0, number.getLong(0) ^ 1);
      }
      channel.write(number, at);
    }
  }

  private static void replace(Path file, String text, String other) throws IOException {
    String before = Files.readString(file);
    assertThat(before).contains(text);
    Files.writeString(file, before.replace(text, other));
  }

  private static List<String> outside(JsonNode json) {
    return json.get("subjects")
        .valueStream()
        .flatMap(subject -> subject.path("comparisons").valueStream())
        .filter(comparison -> !comparison.get("holds").booleanValue())
        .map(comparison -> comparison.get("name").stringValue())
        .toList();
  }
}
