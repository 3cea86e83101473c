package org.transnormer.model.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.config.TnlConfig;
import org.transnormer.model.lm.ModelFamilies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class ModelWeightsTest {

  private static final TnlConfig CONFIG = TnlConfig.of(11, 8, 2, 2, 12, 0);

  @TempDir Path folder;

  @BeforeEach
  void writeConfig() throws IOException {
    CONFIG.write(folder.resolve("config.json"));
  }

  private static SafetensorsWriter.Source tensor(String name, List<Long> shape, float fill) {
    float[] values = new float[Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b))];
    Arrays.fill(values, fill);
    return SafetensorsWriter.Source.floats(name, shape, MemorySegment.ofArray(values));
  }

  private static List<SafetensorsWriter.Source> tensors() {
    List<SafetensorsWriter.Source> tensors = new ArrayList<>();
    for (TensorSpec spec : TnlTensors.of(CONFIG)) {
      tensors.add(tensor(spec.name(), spec.shape(), tensors.size() + 1));
    }
    return tensors;
  }

  private void write(String file, List<SafetensorsWriter.Source> tensors) throws IOException {
    SafetensorsWriter.write(folder.resolve(file), tensors, Map.of());
  }

  private static float[] read(ModelWeights weights, TensorSpec spec) throws IOException {
    float[] values = new float[Math.toIntExact(spec.elements())];
    weights.copyFloats(spec.name(), MemorySegment.ofArray(values), 0);
    return values;
  }

  private void requireAll() throws IOException {
    try (ModelWeights weights = ModelFamilies.weights(folder)) {
      assertThat(weights.config()).isEqualTo(CONFIG);
      int number = 1;
      long elements = 0;
      for (TensorSpec spec : weights.tensors()) {
        assertThat(read(weights, spec)).containsOnly(number++);
        elements += spec.elements();
      }
      assertThat(elements).isEqualTo(CONFIG.parameterCount());
    }
  }

  @Test
  void readsASingleFile() throws IOException {
    write("model.safetensors", tensors());

    requireAll();
  }

  @Test
  void readsShardsByTheirIndex() throws IOException {
    List<SafetensorsWriter.Source> all = tensors();
    write("model-00001-of-00002.safetensors", all.subList(0, 4));
    write("model-00002-of-00002.safetensors", all.subList(4, all.size()));
    writeIndex(
        i -> i < 4 ? "model-00001-of-00002.safetensors" : "model-00002-of-00002.safetensors");

    requireAll();
  }

  private void writeIndex(IntFunction<String> shard) throws IOException {
    ObjectNode index = JsonMapper.shared().createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    List<TensorSpec> specs = TnlTensors.of(CONFIG);
    for (int i = 0; i < specs.size(); i++) {
      map.put(specs.get(i).name(), shard.apply(i));
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"../model.safetensors", "/etc/passwd", "a/b", "", "..", ".hidden"})
  void refusesAnIndexThatLeavesTheFolder(String shard) throws IOException {
    writeIndex(i -> shard);

    assertThatThrownBy(() -> ModelFamilies.weights(folder))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("model.safetensors.index.json");
  }

  @Test
  void refusesAShardWithMoreThanItsIndexSays() throws IOException {
    write("all.safetensors", tensors());
    write("some.safetensors", tensors().subList(0, 1));
    writeIndex(i -> i == 0 ? "some.safetensors" : "all.safetensors");

    assertThatThrownBy(() -> ModelFamilies.weights(folder))
        .hasMessageContaining("all.safetensors")
        .hasMessageContaining("does not place there");
  }

  @Test
  void aMissingThetaIsTheRampThatItStartsFrom() throws IOException {
    write(
        "model.safetensors",
        tensors().stream().filter(tensor -> !TnlTensors.isTheta(tensor.name())).toList());

    try (ModelWeights weights = ModelFamilies.weights(folder)) {
      TensorSpec theta =
          weights.tensors().stream()
              .filter(tensor -> TnlTensors.isTheta(tensor.name()))
              .findFirst()
              .orElseThrow();
      float[] ramp = read(weights, theta);
      for (int j = 0; j < ramp.length; j++) {
        assertThat(ramp[j]).isEqualTo((float) Math.pow(10_000, -2.0 * j / ramp.length));
      }
    }
  }

  @Test
  void acceptsAnOutputHeadThatEqualsTheEmbedding() throws IOException {
    List<SafetensorsWriter.Source> all = tensors();
    all.add(tensor(TnlTensors.OUTPUT_HEAD, List.of(11L, 8L), 1));
    write("model.safetensors", all);

    requireAll();
  }

  @Test
  void refusesAnOutputHeadOfItsOwn() throws IOException {
    List<SafetensorsWriter.Source> all = tensors();
    all.add(tensor(TnlTensors.OUTPUT_HEAD, List.of(11L, 8L), 1.0000001f));
    write("model.safetensors", all);

    assertThatThrownBy(() -> ModelFamilies.weights(folder))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("lm_head.weight differs from model.embed_tokens.weight");
  }

  private void refuses(UnaryOperator<List<SafetensorsWriter.Source>> change, String... reasons)
      throws IOException {
    write("model.safetensors", change.apply(tensors()));

    assertThatThrownBy(() -> ModelFamilies.weights(folder))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll(reasons);
  }

  @Test
  void refusesTensorsThatDoNotFitTheConfiguration() throws IOException {
    refuses(all -> all.subList(1, all.size()), "no tensor 'model.embed_tokens.weight'");
    refuses(
        all -> {
          all.add(tensor("model.layers.2.token_mixer.out_proj.weight", List.of(8L, 8L), 1));
          return all;
        },
        "does not know",
        "model.layers.2");
    refuses(
        all -> {
          all.set(0, tensor(TnlTensors.EMBEDDING, List.of(8L, 11L), 1));
          return all;
        },
        "has shape [8, 11]",
        "asks for [11, 8]");
    refuses(
        all -> {
          all.set(
              0,
              new SafetensorsWriter.Source(
                  TnlTensors.EMBEDDING,
                  DType.I32,
                  List.of(11L, 8L),
                  MemorySegment.ofArray(new int[88])));
          return all;
        },
        "is I32");
  }
}
