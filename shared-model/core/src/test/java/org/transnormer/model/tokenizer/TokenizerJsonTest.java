package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerJsonTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "not json",
        "{\"model\":{\"vocab\":[]}}",
        "{\"model\":{\"vocab\":{\"a\":-1}}}",
        "{\"model\":{\"vocab\":{\"a\":2000000000}}}",
        "{\"model\":{\"vocab\":{\"a\":1,\"b\":1}}}",
        "{\"model\":{\"vocab\":{\"a\":1.5}}}",
        "{\"model\":{\"vocab\":{\"a\":0}},\"added_tokens\":[{\"id\":1}]}"
      })
  void refusesWhatIsNoTokenizer(String json) {
    assertThatThrownBy(() -> TokenizerJson.of(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("tokenizer.json");
  }

  @Test
  void refusesATokenizerWithoutAnEndOfDocument() {
    TokenizerJson json =
        TokenizerJson.of("{\"model\":{\"vocab\":{\"a\":0}}}".getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Tokenizer.load(json))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("ends a document");
  }

  @Test
  void refusesWhatTheLibraryRefuses() {
    TokenizerJson json =
        TokenizerJson.of(
            "{\"model\":{\"type\":\"nonsense\",\"vocab\":{\"a\":0}}}"
                .getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> Tokenizer.load(json, 0)).isInstanceOf(InvalidTokenizerException.class);
  }

  @Test
  void isNamedByTheDigestOfItsBytes() {
    assertThat(
            TokenizerJson.of("{\"model\":{\"vocab\":{}}}".getBytes(StandardCharsets.UTF_8))
                .sha256())
        .isEqualTo("68a058c0f96d7b3bd38c1a780c9f5a525d4807c053ccf26c53f63e62c00714a6");
  }
}
