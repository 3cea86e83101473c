package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The encoder in Java against the library that defines the format. */
class ByteLevelTokenizerTest {

  private static final TokenizerJson JSON = Golden.tokenizer("bytelevel");

  private final Tokenizer own = Tokenizer.load(JSON);
  private final Tokenizer library = new NativeTokenizer(JSON, JSON.eos());

  @Test
  void isUsedForPlainByteLevelTokenizersOnly() {
    assertThat(own).isInstanceOf(ByteLevelTokenizer.class);
    assertThat(Tokenizer.load(Golden.tokenizer("split-nfc"))).isInstanceOf(NativeTokenizer.class);
    assertThat(Tokenizer.load(Golden.tokenizer("metaspace-bytefallback")))
        .isInstanceOf(NativeTokenizer.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void encodesRandomTextAsTheLibraryDoes(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 500; i++) {
      String text = RandomText.of(random, random.nextInt(60));
      assertThat(own.encode(text)).as(text).containsExactly(library.encode(text));
      assertThat(own.decode(own.encode(text))).isEqualTo(Utf8.wellFormed(text));
    }
  }

  /** A letter joins its neighbours into one piece, so that the ids show its class. */
  @Test
  void classifiesEveryAssignedCharacterAsTheLibraryDoes() {
    StringBuilder differing = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (int block = 0; block <= Character.MAX_CODE_POINT; block += 256) {
      text.setLength(0);
      for (int c = block; c < block + 256; c++) {
        if (!Character.isSurrogate((char) c) || c > 0xFFFF) {
          text.append("the").appendCodePoint(c).append("the 1").appendCodePoint(c).append("1 \n");
          text.appendCodePoint(c).append(" \n ");
        }
      }
      if (!Arrays.equals(own.encode(text.toString()), library.encode(text.toString()))) {
        differing.append(Integer.toHexString(block)).append(' ');
      }
    }
    assertThat(differing.toString()).isEmpty();
  }

  @Test
  void decodesLoneBytesAsTheLibraryDoes() {
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      int[] ids = random.ints(random.nextInt(12), 3, 1000).toArray();
      assertThat(own.decode(ids)).isEqualTo(library.decode(ids));
    }
  }

  @Test
  void takesAPieceOfAMegabyteInItsStride() {
    String hostile = "ab".repeat(1 << 19);

    assertThat(own.encode(hostile)).isEqualTo(library.encode(hostile));
  }

  @Test
  void readsUnpairedSurrogatesAsTheReplacementCharacter() {
    assertThat(own.encode("a\uD800b\uDC00")).containsExactly(own.encode("a\uFFFDb\uFFFD"));
    assertThat(library.encode("a\uD800b\uDC00")).containsExactly(own.encode("a\uFFFDb\uFFFD"));
  }
}
