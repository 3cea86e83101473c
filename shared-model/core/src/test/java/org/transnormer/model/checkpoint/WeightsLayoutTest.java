package org.transnormer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.transnormer.model.checkpoint.TorchFiles.Program;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.ModelFamilies;
import org.transnormer.model.peer.Python;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One model in every layout that weights come in and go out in. */
class WeightsLayoutTest {

  private static final TnlConfig CONFIG = TnlConfig.of(11, 8, 3, 2, 12, 0).withGate(3);

  @TempDir Path source;
  @TempDir Path target;

  @BeforeEach
  void writeModel() throws IOException {
    write(source, DType.F32, CheckpointFolder.LARGEST_FILE);
  }

  private static void write(Path folder, DType type, long largestFile) throws IOException {
    Random random = new Random(5);
    List<SafetensorsWriter.Source> tensors = new ArrayList<>();
    for (TensorSpec spec : TnlTensors.of(CONFIG)) {
      float[] values = new float[(int) spec.elements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian();
      }
      MemorySegment floats = MemorySegment.ofArray(values);
      tensors.add(SafetensorsWriter.Source.rounded(spec.name(), type, spec.shape(), _ -> floats));
    }
    CheckpointFolder checkpoint = new CheckpointFolder(folder);
    checkpoint.writeWeights(tensors, largestFile);
    checkpoint.writeConfig(CONFIG, type);
  }

  private static Map<String, float[]> read(Path folder) throws IOException {
    Map<String, float[]> tensors = new java.util.LinkedHashMap<>();
    try (ModelWeights weights = ModelFamilies.weights(folder)) {
      assertThat(weights.config()).isEqualTo(CONFIG);
      for (TensorSpec spec : weights.tensors()) {
        float[] values = new float[(int) spec.elements()];
        weights.copyFloats(spec.name(), MemorySegment.ofArray(values), 0);
        tensors.put(spec.name(), values);
      }
    }
    return tensors;
  }

  private static float[] of(Map<String, float[]> tensors, String name) {
    return tensors.getOrDefault(name, new float[0]);
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aLimitCutsTheFileIntoShardsThatReadBackAsTheWhole() throws IOException {
    write(target, DType.F32, 1500);

    assertThat(files(target)).hasSizeGreaterThan(5).contains("model.safetensors.index.json");
    assertThat(files(target)).doesNotContain("model.safetensors");
    for (String file : files(target)) {
      assertThat(Files.size(target.resolve(file))).isLessThan(4500);
    }
    assertThat(read(target)).usingRecursiveComparison().isEqualTo(read(source));
  }

  @Test
  void aFolderHasOneLayoutAtATime() throws IOException {
    write(target, DType.F32, 1500);
    write(target, DType.F32, CheckpointFolder.LARGEST_FILE);
    assertThat(files(target)).doesNotContain("model.safetensors.index.json");
    write(target, DType.F32, 1500);
    assertThat(files(target)).doesNotContain("model.safetensors");
    assertThat(read(target)).usingRecursiveComparison().isEqualTo(read(source));
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void roundingIsToTheNearest(DType type) throws IOException {
    try (ModelWeights weights = ModelFamilies.weights(source)) {
      CheckpointFolder folder = new CheckpointFolder(target);
      folder.writeWeights(weights.sources(type), 2000);
      folder.writeConfig(CONFIG, type);
    }
    double bits = type == DType.BF16 ? 0x1p-8 : 0x1p-11;

    Map<String, float[]> exact = read(source);
    read(target)
        .forEach((name, rounded) -> {
          for (int i = 0; i < rounded.length; i++) {
            float x = of(exact, name)[i];
            double half = Math.max(Math.abs(x) * bits, 0x1p-25);
            assertThat(Math.abs((double) rounded[i] - x)).isLessThanOrEqualTo(half);
          }
        });
    try (ModelWeights weights = ModelFamilies.weights(target)) {
      CheckpointFolder again = new CheckpointFolder(source);
      Map<String, float[]> once = read(target);
      again.writeWeights(weights.sources(type), CheckpointFolder.LARGEST_FILE);
      assertThat(read(source)).usingRecursiveComparison().isEqualTo(once);
    }
  }

  @Test
  void bfloat16TiesGoToEvenAndNaNStaysOne() {
    float[] values = {
      1 + 0x1p-8f, 1 + 3 * 0x1p-8f, -0f, Float.NaN, Float.MAX_VALUE, Float.NEGATIVE_INFINITY
    };
    try (var arena = java.lang.foreign.Arena.ofConfined()) {
      MemorySegment floats = arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
      short[] bits = Floats.rounded(DType.BF16, floats, arena).toArray(ValueLayout.JAVA_SHORT);
      assertThat(bits)
          .containsExactly(
              (short) 0x3F80,
              (short) 0x3F82,
              (short) 0x8000,
              (short) 0x7FC0,
              (short) 0x7F80,
              (short) 0xFF80);
    }
  }

  @Test
  void readsPyTorchShardsByTheirIndex() throws IOException {
    Map<String, float[]> tensors = read(source);
    CONFIG.write(target.resolve("config.json"));
    Map<String, String> places = new java.util.TreeMap<>();
    List<TensorSpec> specs = TnlTensors.of(CONFIG);
    for (int shard = 0; shard < 2; shard++) {
      String file = "pytorch_model-0000%d-of-00002.bin".formatted(shard + 1);
      Program pickle = new Program().op('}', '(');
      List<byte[]> storages = new ArrayList<>();
      for (int i = shard; i < specs.size(); i += 2) {
        TensorSpec spec = specs.get(i);
        int[] shape = spec.shape().stream().mapToInt(Long::intValue).toArray();
        int elements = (int) spec.elements();
        pickle.text(spec.name()).tensor("FloatStorage", storages.size(), elements, 0, shape);
        storages.add(TorchFiles.floats(of(tensors, spec.name())));
        places.put(spec.name(), file);
      }
      TorchFiles.write(target.resolve(file), pickle.op('u').end(), storages, ZipEntry.STORED);
    }
    Files.writeString(
        target.resolve("pytorch_model.bin.index.json"),
        JsonMapper.shared().writeValueAsString(Map.of("weight_map", places)));

    assertThat(read(target)).usingRecursiveComparison().isEqualTo(tensors);
  }

  @Test
  void saysWhichShardIsMissingOrDoesNotHoldWhatItShould() throws IOException {
    write(target, DType.F32, 1500);
    Path index = target.resolve("model.safetensors.index.json");
    Path last = target.resolve(files(target).get(files(target).size() - 2));
    String good = Files.readString(index);
    Files.writeString(index, good.replace("model.embed_tokens.weight", "model.embed.weight"));
    assertThatThrownBy(() -> ModelFamilies.weights(target))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("model.embed.weight");
    Files.writeString(
        index,
        good.replace(
            "\"weight_map\" : {", "\"weight_map\" : {\"model.embed_tokens.weight\":" + "\"a\","));
    assertThatThrownBy(() -> ModelFamilies.weights(target)).hasMessageContaining("not valid JSON");
    Files.writeString(index, "{\"weight_map\": []}");
    assertThatThrownBy(() -> ModelFamilies.weights(target)).hasMessageContaining("no weight_map");
    Files.writeString(index, "{\"weight_map\": {\"a\": {}}}");
    assertThatThrownBy(() -> ModelFamilies.weights(target))
        .hasMessageContaining("places tensor 'a'");
    Files.writeString(index, "{\"weight_map\": {\"a\": \"../b\"}}");
    assertThatThrownBy(() -> ModelFamilies.weights(target)).hasMessageContaining("in \"../b\"");
    Files.writeString(index, " ".repeat((int) SafetensorsHeader.LONGEST + 1));
    assertThatThrownBy(() -> ModelFamilies.weights(target)).hasMessageContaining("16777217 bytes");
    Files.writeString(index, good);
    Files.delete(last);
    assertThatThrownBy(() -> ModelFamilies.weights(target))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(last.getFileName().toString());
  }

  @Test
  void anotherLibraryReadsWhatIsWritten() throws IOException {
    for (DType type : List.of(DType.F32, DType.BF16)) {
      for (long largest : new long[] {CheckpointFolder.LARGEST_FILE, 1500}) {
        write(target, type, largest);
        Path out = target.resolve("found.json");
        Python.run("checkpoint_peer.py", "safetensors, numpy", target, out);
        JsonNode found = JsonMapper.shared().readTree(Files.readString(out));
        Map<String, float[]> tensors = read(target);
        assertThat(found.propertyNames()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
        for (TensorSpec spec : TnlTensors.of(CONFIG)) {
          JsonNode seen = found.get(spec.name());
          double sum = 0;
          for (float value : of(tensors, spec.name())) {
            sum += value;
          }
          assertThat(seen.get("dtype").stringValue()).isEqualTo(type.name());
          assertThat(seen.get("shape").valueStream().map(JsonNode::longValue))
              .isEqualTo(spec.shape());
          assertThat(seen.get("sum").doubleValue()).isEqualTo(sum);
          assertThat(seen.get("first").doubleValue()).isEqualTo(of(tensors, spec.name())[0]);
        }
        Files.delete(out);
      }
    }
  }
}
