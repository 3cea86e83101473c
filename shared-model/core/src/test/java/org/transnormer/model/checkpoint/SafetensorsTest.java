package org.transnormer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.config.NamedSizes;

class SafetensorsTest {

  @TempDir Path folder;

  private static SafetensorsWriter.Source source(String name, float... values) {
    return SafetensorsWriter.Source.floats(
        name, List.of((long) values.length), MemorySegment.ofArray(values));
  }

  /** A file with this header and data. */
  private Path file(String header, byte... data) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return raw(json.length, json, data);
  }

  private Path raw(long announced, byte[] header, byte... data) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(announced).put(header).put(data);
    return Files.write(folder.resolve("model.safetensors"), bytes.array());
  }

  @Test
  void readsBackWhatItWrote() throws IOException {
    Path file = folder.resolve("a.safetensors");
    long[] ids = {1, -2, Long.MAX_VALUE};
    SafetensorsWriter.write(
        file,
        List.of(
            source("b", 1, -0f, Float.MIN_VALUE, Float.NaN),
            source("empty"),
            new SafetensorsWriter.Source(
                "ids", DType.I64, List.of(3L, 1L), MemorySegment.ofArray(ids)),
            source("a\"\u00e9", 7)),
        Map.of("format", "pt"));

    try (Safetensors tensors = Safetensors.open(file)) {
      assertThat(tensors.tensors().keySet()).contains("b", "empty", "ids", "a\"\u00e9");
      assertThat(tensors.floats("b")).containsExactly(1, -0f, Float.MIN_VALUE, Float.NaN);
      assertThat(tensors.floats("empty")).isEmpty();
      assertThat(tensors.longs("ids")).containsExactly(ids);
      assertThat(tensors.info("ids").shape()).containsExactly(3L, 1L);
      assertThat(tensors.metadata()).containsExactly(Map.entry("format", "pt"));
      assertThat(tensors.info("b").offset() % 8).isZero();
    }
  }

  @Test
  void writesTheSameBytesForTheSameTensors() throws IOException {
    Path one = folder.resolve("1");
    Path two = folder.resolve("2");
    SafetensorsWriter.write(one, List.of(source("x", 1, 2)), Map.of("a", "1", "b", "2"));
    SafetensorsWriter.write(two, List.of(source("x", 1, 2)), Map.of("b", "2", "a", "1"));

    assertThat(one).hasSameBinaryContentAs(two);
  }

  @Test
  void widensHalfPrecision() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    data.putShort((short) 0x3FC0).putShort((short) 0xC2F7); // bf16: 1.5, -123.5
    data.putShort((short) 0x3E00).putShort((short) 0x7BFF); // f16: 1.5, 65504
    Path file =
        file(
            "{\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]},"
                + "\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[4,8]}}",
            data.array());

    try (Safetensors tensors = Safetensors.open(file)) {
      assertThat(tensors.floats("b")).containsExactly(1.5f, -123.5f);
      assertThat(tensors.floats("h")).containsExactly(1.5f, 65504f);
    }
  }

  @Test
  void refusesToReadATensorAsAnotherType() throws IOException {
    Path file =
        file("{\"i\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}}", new byte[4]);

    try (Safetensors tensors = Safetensors.open(file)) {
      assertThatThrownBy(() -> tensors.floats("i"))
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageContaining("'i' is I32");
      assertThatThrownBy(() -> tensors.longs("i")).hasMessageContaining("I64 is needed");
      assertThatThrownBy(() -> tensors.floats("j")).hasMessageContaining("no tensor 'j'");
    }
  }

  static Stream<Arguments> hostileHeaders() {
    String f32 = "\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[%s]";
    String first = "{\"a\":{" + f32.formatted("0,4") + "}";
    return Stream.of(
        Arguments.of("", "does not start"),
        Arguments.of("[]", "does not start"),
        Arguments.of(" {}", "does not start"),
        Arguments.of("{", "not valid JSON"),
        Arguments.of("{} x", "not valid JSON"),
        Arguments.of("{} {}", "goes on after its end"),
        Arguments.of("{\"a\":null}", "has not exactly dtype"),
        Arguments.of("{\"a\":{" + f32.formatted("0,4") + ",\"dtype\":\"F32\"}}", "not valid JSON"),
        Arguments.of("{\"a\":1}", "has not exactly dtype"),
        Arguments.of("{}", "belong to no tensor"),
        Arguments.of(first + ",\"a\":{" + f32.formatted("4,8") + "}}", "not valid JSON"),
        Arguments.of(first + ",\"b\":{" + f32.formatted("0,4") + "}}", "overlaps"),
        Arguments.of(first + ",\"b\":{" + f32.formatted("2,6") + "}}", "overlaps"),
        Arguments.of(first + ",\"b\":{" + f32.formatted("8,12") + "}}", "outside"),
        Arguments.of("{\"a\":{" + f32.formatted("4,8") + "}}", "hole"),
        Arguments.of(first + "}", "4 bytes at its end"),
        Arguments.of("{\"a\":{" + f32.formatted("8,4") + "}}", "outside"),
        Arguments.of("{\"a\":{" + f32.formatted("-4,0") + "}}", "data_offsets"),
        Arguments.of("{\"a\":{" + f32.formatted("0,4,8") + "}}", "two data_offsets"),
        Arguments.of("{\"a\":{" + f32.formatted("0.0,4.0") + "}}", "data_offsets"),
        Arguments.of("{\"a\":{" + f32.formatted("0,99999999999999999999") + "}}", "data_offsets"),
        Arguments.of("{\"a\":{" + f32.formatted("0,9223372036854775807") + "}}", "outside"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "has 4 bytes"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}}", "unknown dtype"),
        Arguments.of(
            "{\"a\":{\"dtype\":null,\"shape\":[2],\"data_offsets\":[0,8]}}", "unknown dtype"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "in its shape"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":{},\"data_offsets\":[0,8]}}", "no list shape"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
            "impossible shape"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,4294967296,4294967296,4294967296],"
                + "\"data_offsets\":[0,8]}}",
            "has 8 bytes"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8],\"x\":1}}",
            "has not exactly"),
        Arguments.of("{\"__metadata__\":{\"a\":1}}", "other than strings"),
        Arguments.of("{\"__metadata__\":[]}", "no object"),
        Arguments.of(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":["
                + "1,".repeat(99)
                + "2],"
                + "\"data_offsets\":[0,8]}}",
            "more than 32 numbers in its shape"),
        Arguments.of("{\"a\":{\"shape\":[" + "1,".repeat(99), "more than 32 numbers"),
        Arguments.of("{\"a\":{\"shape\":[" + "9".repeat(999) + "]}}", "9999..."),
        Arguments.of("{\"a\":" + "[".repeat(100_000), "has not exactly dtype"));
  }

  @ParameterizedTest
  @MethodSource("hostileHeaders")
  void refusesAHostileHeader(String header, String reason) throws IOException {
    Path file = file(header, new byte[8]);

    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(longs = {3, 100_000_001, Integer.MAX_VALUE, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void refusesAHeaderThatIsLongerThanTheFile(long announced) throws IOException {
    Path file = raw(announced, new byte[] {'{', '}'});

    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining(Long.toUnsignedString(announced));
  }

  @Test
  void refusesALongerHeaderThanAnyModelHas() throws IOException {
    Path file = raw(SafetensorsHeader.LONGEST + 1, new byte[(int) SafetensorsHeader.LONGEST + 1]);

    assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("announces a header");
  }

  static Stream<String> swelling() {
    return Stream.of(
        "{\"a\":{\"dtype\":[%s]}}".formatted("{},".repeat(5_000_000) + "{}"),
        "{\"a\":[%s]}".formatted("{},".repeat(5_000_000) + "{}"),
        "{\"a\":{\"shape\":[%s]}}".formatted("1,".repeat(8_000_000) + "1"),
        "{\"__metadata__\":{\"a\":%s}}".formatted("[".repeat(400) + "{},".repeat(5_000_000)));
  }

  /** What a tree of such a header would take is gigabytes. */
  @ParameterizedTest
  @MethodSource("swelling")
  void aHostileHeaderCostsNoMemory(String header) {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();

    assertThatThrownBy(() -> SafetensorsHeader.parse(Path.of("hostile"), bytes, 1L << 40))
        .isInstanceOf(MalformedCheckpointException.class)
        .message()
        .hasSizeLessThan(1000);

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(1 << 20);
  }

  /** Headers alone: 350 GB in bfloat16, and the moments of the optimizer as floats. */
  @Test
  void knowsTheHeadersOfAModelOf175Billion() throws IOException {
    List<TensorSpec> specs = TnlTensors.of(NamedSizes.named("tnl1-175b").orElseThrow().config());
    StringBuilder header = new StringBuilder();
    long end = 0;
    for (DType type : List.of(DType.BF16, DType.F32, DType.F64)) {
      for (TensorSpec spec : specs) {
        long begin = end;
        end = begin + spec.elements() * type.bytes();
        header.append(
            "%s\"%s.%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                .formatted(
                    header.isEmpty() ? "{" : ",",
                    type,
                    spec.name(),
                    type,
                    spec.shape(),
                    begin,
                    end));
      }
    }
    byte[] json = header.append("}").toString().getBytes(StandardCharsets.UTF_8);

    SafetensorsHeader read = SafetensorsHeader.parse(Path.of("big"), json, 8 + json.length + end);

    assertThat(read.tensors()).hasSize(3 * specs.size());
    assertThat(read.tensors().lastEntry().getValue().offset()).isGreaterThan(1L << 40);
    assertThat((long) json.length).isLessThan(SafetensorsHeader.LONGEST / 40);
  }

  @Test
  void refusesAHeaderThatIsNoUtf8() throws IOException {
    Path file = raw(4, new byte[] {'{', (byte) 0xC3, '(', '}'});

    assertThatThrownBy(() -> Safetensors.open(file)).hasMessageContaining("not UTF-8");
  }

  /**
   * Whatever bytes are changed, opening and reading all of it either works or says what is wrong.
   */
  @Test
  void survivesEveryDamage() throws IOException {
    Path file = folder.resolve("good");
    SafetensorsWriter.write(file, List.of(source("a", 1, 2, 3), source("b", 4)), Map.of());
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(1);
    for (int i = 0; i < 3000; i++) {
      byte[] bad = good.clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      Path damaged = Files.write(folder.resolve("bad"), bad);
      try (Safetensors tensors = Safetensors.open(damaged)) {
        for (TensorInfo info : tensors.tensors().values()) {
          assertThat(tensors.data(info.name()).byteSize()).isEqualTo(info.bytes());
        }
      } catch (MalformedCheckpointException e) {
        assertThat(e).hasMessageContaining("bad");
      }
    }
  }

  @Test
  void refusesSourcesThatContradictThemselves() {
    assertThatThrownBy(() ->
            SafetensorsWriter.Source.floats("x", List.of(3L), MemorySegment.ofArray(new float[2])))
        .hasMessageContaining("has 8 bytes");
    assertThatThrownBy(() ->
            SafetensorsWriter.write(
                folder.resolve("x"), List.of(source("x", 1), source("x", 2)), Map.of()))
        .hasMessageContaining("used twice");
  }
}
