package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenTokenizerTest {

  static Stream<Arguments> tokenizers() {
    return Stream.of("bytelevel", "split-nfc", "metaspace-bytefallback")
        .flatMap(name -> {
          TokenizerJson json = Golden.tokenizer(name);
          Tokenizer loaded = Tokenizer.load(json);
          Tokenizer library = new NativeTokenizer(json, json.eos());
          return loaded.getClass() == NativeTokenizer.class
              ? Stream.of(Arguments.of(name, library))
              : Stream.of(Arguments.of(name, library), Arguments.of(name, loaded));
        });
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void givesTheReferencesIds(String name, Tokenizer tokenizer) {
    for (Golden.Row row : Golden.rows(name)) {
      assertThat(tokenizer.encode(row.text())).as(row.text()).containsExactly(row.ids());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void decodesToTheReferencesText(String name, Tokenizer tokenizer) {
    for (Golden.Row row : Golden.rows(name)) {
      assertThat(tokenizer.decode(row.ids())).as(row.text()).isEqualTo(row.decoded());
    }
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void encodesTheWholeTextAsTheReferenceDoes(String name, Tokenizer tokenizer) {
    int[] ids = tokenizer.encode(Golden.text());
    var expected = Golden.expected(name);
    assertThat(ids).hasSize(expected.get("text_token_count").intValue());
    assertThat(Arrays.copyOf(ids, 200))
        .containsExactly(
            expected.get("text_ids_first_200").valueStream().mapToInt(n -> n.intValue()).toArray());
    assertThat(checksum(ids))
        .isEqualTo(expected.get("text_ids_checksum_polynomial_31_mod_2_61_minus_1").longValue());
    assertThat(tokenizer.vocabSize()).isEqualTo(1000);
    assertThat(tokenizer.eos()).isEqualTo(2);
  }

  private static long checksum(int[] ids) {
    BigInteger modulus = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);
    BigInteger h = BigInteger.ZERO;
    for (int id : ids) {
      h = h.multiply(BigInteger.valueOf(31)).add(BigInteger.valueOf(id + 1L)).mod(modulus);
    }
    return h.longValueExact();
  }

  @ParameterizedTest
  @MethodSource("tokenizers")
  void streamsTheSameTextInWholeCharacters(String name, Tokenizer tokenizer) {
    for (Golden.Row row : Golden.rows(name)) {
      StreamDecoder stream = tokenizer.streamDecoder();
      StringBuilder text = new StringBuilder();
      for (int id : row.ids()) {
        String more = stream.next(id);
        assertThat(Utf8.wellFormed(more)).isEqualTo(more);
        text.append(more);
      }
      text.append(stream.finish());
      String streamed = text.toString();
      boolean prefixed = name.startsWith("metaspace") && streamed.startsWith(" ");
      assertThat(prefixed ? streamed.substring(1) : streamed).isEqualTo(row.decoded());
    }
  }
}
