package org.transnormer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.transnormer.model.checkpoint.TorchFiles.floats;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.transnormer.model.checkpoint.TorchFiles.Program;
import org.transnormer.model.golden.Golden;

class TorchFileTest {

  @TempDir Path folder;

  @Test
  void readsTensorsThatShareAStorage() throws IOException {
    byte[] pickle =
        new Program()
            .op('}', '(')
            .text("a")
            .tensor("FloatStorage", 0, 6, 0, 2, 2)
            .text("b")
            .tensor("FloatStorage", 0, 6, 4, 2)
            .op('u')
            .end();
    Path file = write(pickle, List.of(floats(1, 2, 3, 4, 5, 6)));

    try (TensorFile torch = TensorFile.open(file)) {
      assertThat(torch.tensors().keySet()).containsExactly("a", "b");
      assertThat(torch.info("a").shape()).containsExactly(2L, 2L);
      assertThat(numbers(torch, "a")).containsExactly(1, 2, 3, 4);
      assertThat(numbers(torch, "b")).containsExactly(5, 6);
      assertThat(torch.same("a", torch, "a")).isTrue();
      assertThat(torch.same("a", torch, "b")).isFalse();
    }
  }

  /** Written by PyTorch itself: every tensor of a small model, in bfloat16, with its metadata. */
  @Test
  void readsWhatPyTorchWrites() throws IOException {
    try (TensorFile torch = TensorFile.open(Golden.path("torch/pytorch_model.bin"));
        Safetensors expected = Safetensors.open(Golden.path("torch/expected.safetensors"))) {
      assertThat(torch.tensors().keySet()).isEqualTo(expected.tensors().keySet());
      for (String name : expected.tensors().keySet()) {
        assertThat(torch.info(name).shape()).isEqualTo(expected.info(name).shape());
        assertThat(torch.info(name).type()).isEqualTo(expected.info(name).type());
        assertThat(numbers(torch, name)).isEqualTo(expected.floats(name));
      }
    }
  }

  static Stream<Arguments> hostile() {
    return Stream.of(
        refused(
            "os.system; a file of weights has no use for it",
            new Program().global("os", "system").text("true").op(0x85, 'R').end()),
        refused(
            "builtins.eval",
            new Program().text("builtins").text("eval").op(0x93).text("1").op(0x85, 'R').end()),
        refused("instruction 0x69", new Program().op('i').end()),
        refused("instruction 0x81", new Program().op('}', ')', 0x81).end()),
        refused("ends in the middle", new byte[] {(byte) 0x80, 2, 'X', 9, 0, 0}),
        refused("string of -1 bytes", new Program().op('X', 255, 255, 255, 255).end()),
        refused("recalls what it never stored", new Program().op('h', 7).end()),
        refused("empty stack", new Program().op('s').end()),
        refused("no mark", new Program().op('u').end()),
        refused("protocol 9", new byte[] {(byte) 0x80, 9, '.'}),
        refused("leaves no dictionary", new Program().op(']').end()),
        refused("other than tensors", new Program().op('}').text("a").number(1).op('s').end()),
        refused(
            "twice",
            new Program()
                .op('}', '(')
                .text("a")
                .tensor("FloatStorage", 0, 1, 0, 1)
                .text("a")
                .tensor("FloatStorage", 0, 1, 0, 1)
                .op('u')
                .end()),
        refused("inside its storage", one("FloatStorage", 0, 6, 3, 2, 2)),
        refused("inside its storage", one("FloatStorage", 0, 1000, 0, 1000)),
        refused("which is missing", one("FloatStorage", 5, 6, 0, 2)),
        refused("asks for torch.QInt8Storage", one("QInt8Storage", 0, 6, 0, 2)),
        refused("needs more than", many(new Program(), 1 << 21, '}').end()),
        refused("needs more than", many(new Program(), 1 << 21, '(').end()),
        refused("needs more than", many(new Program().op(']'), 1 << 20, 'N', 'a').end()),
        refused("needs more than", many(new Program().op('}'), 1 << 21, 0x94).end()),
        refused("needs more than", copies(2000, 2000)),
        refused("impossible shape", one("FloatStorage", 0, 6, 0, 1 << 30, 1 << 30)),
        refused("impossible shape", one("FloatStorage", 0, 6, 0, -1)),
        refused("cannot be", one("FloatStorage", 0, 6, -1, 2)));
  }

  private static Program many(Program program, int times, int... codes) {
    for (int i = 0; i < times; i++) {
      program.op(codes);
    }
    return program;
  }

  /** One list of pairs of which many dictionaries are made. */
  private static byte[] copies(int pairs, int dictionaries) {
    Program program = new Program().op(']', 'q', 0, '(');
    for (int i = 0; i < pairs; i++) {
      program.number(i).number(0).op(0x86);
    }
    program.op('e');
    for (int i = 0; i < dictionaries; i++) {
      program.global("collections", "OrderedDict").op('h', 0, 0x85, 'R');
    }
    return program.end();
  }

  private static Arguments refused(String reason, byte[] pickle) {
    return Arguments.of(reason, pickle);
  }

  private static byte[] one(String type, int key, int elements, int offset, int... shape) {
    return new Program().op('}').text("a").tensor(type, key, elements, offset, shape).op('s').end();
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void refusesWithAReason(String reason, byte[] pickle) throws IOException {
    Path file = write(pickle, List.of(floats(1, 2, 3, 4, 5, 6)));

    assertThatThrownBy(() -> TensorFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining(reason)
        .hasMessageContaining("pytorch_model.bin");
  }

  @Test
  void refusesCompressedEntriesAndWhatIsNoZip() throws IOException {
    Path file = folder.resolve("pytorch_model.bin");
    TorchFiles.write(
        file, one("FloatStorage", 0, 2, 0, 2), List.of(floats(1, 2)), ZipEntry.DEFLATED);
    assertThatThrownBy(() -> TensorFile.open(file)).hasMessageContaining("compressed");

    Files.write(file, new byte[] {(byte) 0x80, 2, '.'});
    assertThatThrownBy(() -> TensorFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("no zip");
  }

  @Test
  void refusesALongDirectoryBeforeItIsRead() throws IOException {
    byte[] good = Files.readAllBytes(write(one("FloatStorage", 0, 2, 0, 2), List.of(floats(1, 2))));
    ByteBuffer end =
        ByteBuffer.wrap(good, good.length - 22, 22).slice().order(ByteOrder.LITTLE_ENDIAN);
    Path file = folder.resolve("pytorch_model.bin");

    end.putInt(12, 1 << 25);
    Files.write(file, good);
    assertThatThrownBy(() -> TensorFile.open(file))
        .hasMessageContaining("directory of %d bytes".formatted(1 << 25));

    end.putInt(12, -1); // "look for the size elsewhere"
    Files.write(file, good);
    assertThatThrownBy(() -> TensorFile.open(file)).hasMessageContaining("directory of 4294967295");

    end.putShort(20, (short) 1); // a comment, which could be the true end
    Files.write(file, good);
    assertThatThrownBy(() -> TensorFile.open(file)).hasMessageContaining("no zip");
  }

  /** Whatever bytes change, a file is read or refused; nothing else happens. */
  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    byte[] good = Files.readAllBytes(Golden.path("torch/pytorch_model.bin"));
    Random random = new Random(1);
    Path file = folder.resolve("damaged.bin");
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      for (int n = 0; n < 4; n++) {
        bad[random.nextInt(i % 2 == 0 ? 4000 : bad.length)] = (byte) random.nextInt();
      }
      Files.write(file, bad);
      try (TensorFile torch = TensorFile.open(file)) {
        for (String name : torch.tensors().keySet()) {
          numbers(torch, name);
        }
      } catch (IOException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
  }

  private Path write(byte[] pickle, List<byte[]> storages) throws IOException {
    Path file = folder.resolve("pytorch_model.bin");
    TorchFiles.write(file, pickle, storages, ZipEntry.STORED);
    return file;
  }

  private static float[] numbers(TensorFile file, String name) throws IOException {
    float[] numbers = new float[(int) file.info(name).elements()];
    file.copyFloats(name, MemorySegment.ofArray(numbers), 0);
    return MemorySegment.ofArray(numbers).toArray(ValueLayout.JAVA_FLOAT);
  }
}
