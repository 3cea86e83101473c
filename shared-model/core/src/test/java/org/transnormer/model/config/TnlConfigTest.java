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
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class TnlConfigTest {

  private static ObjectNode small() {
    return TnlConfig.of(97, 64, 3, 4, 192, 2).toJson();
  }

  /** State dictionaries count theta (d numbers) beside the published totals. */
  @ParameterizedTest
  @CsvSource({
    "tnl1-385m, 398984192",
    "tnl1-385m-no-act, 384926720",
    "tnl1-1b, 1020266496",
    "tnl1-7b, 6836719616"
  })
  void countsTheReleasedParametersExactly(String name, long parameters) {
    assertThat(TnlSizes.named(name).orElseThrow().parameterCount()).isEqualTo(parameters);
    assertThat(TnlSizes.names()).contains(name);
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
        ModelConfig.parse(
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
    for (String name : TnlSizes.names()) {
      TnlConfig config = TnlSizes.named(name).orElseThrow();
      config.write(folder.resolve("config.json"));

      assertThat(ModelConfig.read(folder.resolve("config.json"))).isEqualTo(config);
    }
    TnlConfig withoutPad = TnlConfig.of(97, 64, 3, 4, 192, 2);
    assertThat(withoutPad.padToken()).isEqualTo(TnlConfig.NO_TOKEN);
    assertThat(ModelConfig.parse(withoutPad.toJson())).isEqualTo(withoutPad);
  }

  @Test
  void usesTheReferencesDefaultsForWhatIsMissing() {
    ModelConfig config =
        ModelConfig.parse(JsonMapper.shared().readTree("{\"model_type\":\"transnormer\"}"));

    assertThat(config).isEqualTo(TnlSizes.named("tnl1-385m").orElseThrow());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "decoder_attention_heads | 5             | must divide the width",
        "decoder_embed_dim       | -64           | must be between 1",
        "decoder_layers          | 1000000000    | must be between 1",
        "vocab_size              | 0             | must be between 1",
        "vocab_size              | 12.5          | must be an integer",
        "vocab_size              | 99999999999   | must be an integer",
        "glu_dim                 | \"wide\"      | must be an integer",
        "hidden_dim              | 128           | must equal decoder_embed_dim",
        "norm_type               | \"layernorm\" | must be simplermsnorm",
        "bias                    | true          | must be false",
        "tie_word_embeddings     | false         | must be true",
        "gate_dim                | 16            | third generation",
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

    assertThatThrownBy(() -> ModelConfig.parse(json))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(field)
        .hasMessageContaining(reason);
  }

  @Test
  void namesEveryFaultAtOnce() {
    ObjectNode json = small();
    json.put("vocab_size", "many").put("bias", true).put("decoder_attention_heads", 7);

    assertThatThrownBy(() -> ModelConfig.parse(json))
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

    assertThatThrownBy(() -> ModelConfig.read(file))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("config.json is not valid JSON");
  }
}
