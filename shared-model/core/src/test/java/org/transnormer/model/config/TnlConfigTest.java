package org.transnormer.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.model.checkpoint.TensorSpec;
import org.transnormer.model.checkpoint.TnlTensors;
import org.transnormer.model.lm.ModelFamilies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TnlConfigTest {

  private static ObjectNode small() {
    return TnlConfig.of(97, 64, 3, 4, 192, 2).toJson();
  }

  /** Published totals leave theta out; state dictionaries have d numbers of it. */
  @ParameterizedTest
  @CsvSource({
    "tnl1-385m, 398983168, 398984192",
    "tnl1-385m-no-act, 384925696, 384926720",
    "tnl1-1b, 1020264448, 1020266496",
    "tnl1-7b, 6836715520, 6836719616",
    "tnl1-13b, 12620103680, 12620108800",
    "tnl1-65b, 63527714816, 63527723008",
    "tnl1-175b, 173355958272, 173355970560",
    "tnl3-70m, 71888896, 71889408",
    "tnl3-160m, 162244608, 162245376",
    "tnl3-410m, 437510144, 437511168",
    "tnl3-410m-25, 430366720, 430367744",
    "tnl3-1b, 1061572608, 1061574144",
    "tnl3-3b, 3035033600, 3035036160",
    "tnl3-7b, 6890946560, 6890950656",
    "tnl3-15b, 14833377280, 14833382400"
  })
  void countsTheParametersOfEveryNamedSizeExactly(String name, long published, long parameters) {
    TnlConfig config = NamedSizes.named(name).orElseThrow().config();

    assertThat(config.publishedParameterCount()).isEqualTo(published);
    assertThat(config.parameterCount()).isEqualTo(parameters);
    assertThat(TnlTensors.of(config).stream().mapToLong(TensorSpec::elements).sum())
        .isEqualTo(parameters);
    assertThat(NamedSizes.all()).hasSize(15);
    assertThat(TnlSizes.names().contains(name)).isEqualTo(name.startsWith("tnl1"));
  }

  @ParameterizedTest
  @CsvSource({"tnl2-1b", "TransNormerLLM2-3B"})
  void namesOfTheSecondGenerationAreRefusedByName(String name) {
    assertThatThrownBy(() -> NamedSizes.named(name))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(name)
        .hasMessageContaining("second-generation");
  }

  @ParameterizedTest
  @CsvSource({"2048, 16, 16, 5632", "2560, 32, 20, 6912"})
  void layoutsThatOnlyTheSecondGenerationHasAreRefused(int width, int layers, int heads, int glu) {
    TnlConfig mine =
        new TnlConfig(
            64_000,
            width,
            layers,
            heads,
            glu,
            false,
            TnlConfig.lrpeInFirstLayer(layers),
            "silu",
            0.02,
            0,
            1,
            2);
    ObjectNode released = mine.toJson();
    released.remove("transnormer_generation");

    assertThat(ModelFamilies.parse(mine.toJson())).isEqualTo(mine);
    assertThatThrownBy(() -> ModelFamilies.parse(released))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("TransNormerLLM2-");
  }

  @Test
  void filesThatNameTheSecondGenerationAreRefused(@TempDir Path folder) throws IOException {
    for (String field : List.of("_name_or_path", "name", "architectures")) {
      ObjectNode json = small();
      json.put(field, "OpenNLPLab/TransNormerLLM2-7B");
      assertThatThrownBy(() -> ModelFamilies.parse(json))
          .hasMessageContaining("TransNormerLLM2-7B");
    }
    ObjectNode explicit = small();
    explicit.put("transnormer_generation", 2);
    assertThatThrownBy(() -> ModelFamilies.parse(explicit)).hasMessageContaining("generation");
    Path named = Files.createDirectories(folder.resolve("TransNormerLLM2-7B"));
    Files.writeString(named.resolve("config.json"), small().toString());
    assertThatThrownBy(() -> ModelFamilies.read(named.resolve("config.json")))
        .hasMessageContaining("second-generation");
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 2816",
    "2048, 5632",
    "4096, 11008",
    "2560, 6912",
    "5120, 13824",
    "8192, 22016"
  })
  void derivesTheReleasedInnerWidth(int width, int gluWidth) {
    assertThat(TnlConfig.releasedGluWidth(width)).isEqualTo(gluWidth);
  }

  @Test
  void readsTheReleasedLayout() {
    ModelConfig config =
        ModelFamilies.parse(
            JsonMapper.shared()
                .readTree(
                    """
                    {"pad_token_id":0,"bos_token_id":1,"eos_token_id":2,"use_cache":true,
                     "init_std":0.02,"add_bos_token":false,"norm_type":"simplermsnorm",
                     "linear_act_fun":"silu","bias":false,"vocab_size":97,"decoder_embed_dim":64,
                     "hidden_dim":64,"decoder_layers":3,"decoder_attention_heads":4,
                     "no_scale_embedding":true,"linear_use_lrpe_list":[1,0,1],"glu_dim":-1,
                     "model_type":"transnormer","torch_dtype":"bfloat16","architectures":["X"]}
                    """));

    assertThat(config)
        .isEqualTo(
            new TnlConfig(
                97, 64, 3, 4, 64, false, List.of(true, false, true), "silu", 0.02, 0, 1, 2));
    assertThat(config.parameterCount()).isEqualTo(3 * 8L * 64 * 64 + 97 * 64 + 2 * 64);
  }

  @Test
  void comesBackFromItsOwnJson(@TempDir Path folder) throws IOException {
    for (NamedSizes.Entry entry : NamedSizes.all().values()) {
      TnlConfig config = entry.config();
      config.write(folder.resolve("config.json"));

      assertThat(ModelFamilies.read(folder.resolve("config.json"))).isEqualTo(config);
    }
    TnlConfig rounded = TnlConfig.of(97, 64, 3, 4, 192, 2).withPhases(PhaseRounding.BFLOAT16);
    assertThat(ModelFamilies.parse(rounded.toJson())).isEqualTo(rounded);
    TnlConfig withoutPad = TnlConfig.of(97, 64, 3, 4, 192, 2);
    assertThat(withoutPad.padToken()).isEqualTo(TnlConfig.NO_TOKEN);
    assertThat(ModelFamilies.parse(withoutPad.toJson())).isEqualTo(withoutPad);
  }

  @Test
  void usesTheReferencesDefaultsForWhatIsMissing() {
    ModelConfig config =
        ModelFamilies.parse(JsonMapper.shared().readTree("{\"model_type\":\"transnormer\"}"));

    assertThat(config).isEqualTo(TnlSizes.named("tnl1-385m").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "decoder_attention_heads | 5             | must divide the width",
        "decoder_embed_dim       | -64           | must be between 1",
        "glu_dim                 | 2000000       | must be between 1",
        "decoder_layers          | 1000000000    | must be between 1",
        "vocab_size              | 0             | must be between 1",
        "vocab_size              | 12.5          | must be an integer",
        "vocab_size              | 99999999999   | must be an integer",
        "glu_dim                 | \"wide\"      | must be an integer",
        "hidden_dim              | 128           | must equal decoder_embed_dim",
        "norm_type               | \"layernorm\" | must be simplermsnorm",
        "bias                    | true          | must be false",
        "tie_word_embeddings     | false         | must be true",
        "gate_dim                | 0             | must be at least 1",
        "gate_dim                | \"low\"        | must be an integer",
        "lrpe_phases             | \"float32\"    | must be float64 or bfloat16",
        "linear_use_lrpe_list    | []            | one entry per layer",
        "linear_use_lrpe_list    | [1,0,2]       | must be a list of 0 and 1",
        "linear_use_lrpe_list    | 7             | must be a list of 0 and 1",
        "init_std                | 0             | must be positive",
        "eos_token_id            | 97            | must be a token of the vocabulary",
        "pad_token_id            | 97            | must be a token of the vocabulary",
        "no_scale_embedding      | \"yes\"       | must be true or false",
        "model_type              | \"llama\"     | must be \"transnormer\""
      })
  void refusesWhatCannotBeBuiltAndNamesTheField(String field, String value, String reason) {
    ObjectNode json = small();
    json.set(field, JsonMapper.shared().readTree(value));

    assertThatThrownBy(() -> ModelFamilies.parse(json))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(reason);
  }

  @Test
  void namesEveryFaultAtOnce() {
    ObjectNode json = small();
    json.put("vocab_size", "many").put("bias", true).put("decoder_attention_heads", 7);

    assertThatThrownBy(() -> ModelFamilies.parse(json))
        .isInstanceOfSatisfying(
            InvalidConfigException.class,
            e ->
                assertThat(e.errors())
                    .extracting(InvalidConfigException.FieldError::field)
                    .contains("vocab_size", "bias", "decoder_attention_heads"));
  }

  @Test
  void saysSoWhenAFileIsNoJson(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("config.json"), "{\"model_type\":");

    assertThatThrownBy(() -> ModelFamilies.read(file))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("config.json is not valid JSON");
  }

  @Test
  void refusesAFileThatIsNoConfigurationBeforeItReadsIt(@TempDir Path folder) throws IOException {
    Path file =
        Files.writeString(folder.resolve("config.json"), "[" + "{},".repeat(400_000) + "{}]");

    assertThatThrownBy(() -> ModelFamilies.read(file))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("has 1200004 bytes");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1 << 20})
  void theLargestModelsBytesAreANumber(int gate) {
    int most = 1 << 20;
    TnlConfig config = TnlConfig.of(1 << 24, most, 1 << 12, 1, most, 0);
    TnlConfig largest = gate == 0 ? config : config.withGate(gate);

    long bytes = Math.multiplyExact(16, largest.parameterCount());
    long counted = 0;
    for (TensorSpec spec : TnlTensors.of(largest)) {
      counted = Math.addExact(counted, Math.multiplyExact(16, spec.elements()));
    }

    assertThat(bytes).isEqualTo(counted).isPositive();
  }
}
