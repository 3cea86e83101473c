package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StreamDecoderTest {

  private final Tokenizer tokenizer = Tokenizer.load(Golden.tokenizer("bytelevel"));

  private int byteToken(int unsignedByte) {
    return IntStream.range(3, 259)
        .filter(id -> tokenizer.tokenBytes(id).length == 1)
        .filter(id -> Byte.toUnsignedInt(tokenizer.tokenBytes(id)[0]) == unsignedByte)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void holdsBackTheBytesOfACharacterUntilItIsWhole() {
    StreamDecoder stream = tokenizer.streamDecoder();

    assertThat(stream.next(byteToken(0xF0))).isEmpty();
    assertThat(stream.next(byteToken(0x9F))).isEmpty();
    assertThat(stream.next(byteToken(0x98))).isEmpty();
    assertThat(stream.next(byteToken(0x80))).isEqualTo("\uD83D\uDE00");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void replacesWhatCanBecomeNoCharacter() {
    StreamDecoder stream = tokenizer.streamDecoder();

    assertThat(stream.next(byteToken(0xE2))).isEmpty();
    assertThat(stream.next(byteToken('a'))).isEqualTo("\uFFFDa");
    assertThat(stream.next(byteToken(0xC3))).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
    assertThat(stream.next(byteToken('b'))).isEqualTo("b");
  }

  @Test
  void addsUpToWhatDecodingAtOnceGives() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      int[] ids = random.ints(random.nextInt(20), 0, 1000).toArray();
      StreamDecoder stream = tokenizer.streamDecoder();
      StringBuilder text = new StringBuilder();
      for (int id : ids) {
        text.append(stream.next(id));
      }
      assertThat(text.append(stream.finish()).toString()).isEqualTo(tokenizer.decode(ids));
    }
  }
}
