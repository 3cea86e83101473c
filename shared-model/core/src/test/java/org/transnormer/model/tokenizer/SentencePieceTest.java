package org.transnormer.model.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** SentencePiece models, against ids that SentencePiece 0.2.3 gave; and files that are none. */
class SentencePieceTest {

  @TempDir Path folder;

  private static Path golden(String name) {
    return org.transnormer.model.golden.Golden.path("sentencepiece/" + name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void givesSentencePiecesIds(String name) throws IOException {
    JsonNode expected = JsonMapper.shared().readTree(Files.readString(golden("expected.json")));
    Tokenizer tokenizer = Tokenizer.load(golden(name + ".model"));

    for (int i = 0; i < expected.get("texts").size(); i++) {
      String text = expected.get("texts").get(i).stringValue();
      int[] ids = expected.get(name).get(i).valueStream().mapToInt(JsonNode::intValue).toArray();
      assertThat(tokenizer.encode(text)).as("'%s'", text).containsExactly(ids);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bpe", "unigram"})
  void keptAsTokenizerJsonItStaysTheSame(String name) throws IOException {
    Tokenizer read = Tokenizer.load(golden(name + ".model"));

    read.writeTo(folder);

    Tokenizer again = Tokenizer.load(TokenizerJson.in(folder).orElseThrow());
    assertThat(again.sha256()).isEqualTo(read.sha256());
    assertThat(again.encode("The 1,000 \uD83D\uDE00"))
        .isEqualTo(read.encode("The 1,000 \uD83D\uDE00"));
    assertThat(again.eos()).isEqualTo(2);
    assertThat(folder.resolve("tokenizer_config.json")).content().contains("\"</s>\"");
  }

  @Test
  void bytesStandForWhatHasNoPiece() throws IOException {
    Tokenizer tokenizer = Tokenizer.load(golden("bpe.model"));
    String text = "a \uD83D\uDE00 \u0B85";

    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    StreamDecoder stream = tokenizer.streamDecoder();
    StringBuilder streamed = new StringBuilder();
    for (int id : tokenizer.encode(text)) {
      streamed.append(stream.next(id));
    }
    assertThat(streamed.append(stream.finish()).toString().strip()).isEqualTo(text);
  }

  @Test
  void aModelFolderMayHaveAnyForm() throws IOException {
    assertThat(TokenizerJson.in(folder)).isEmpty();
    Files.write(folder.resolve("x.tiktoken"), tiktoken());
    assertThat(TokenizerJson.in(folder)).contains(folder.resolve("x.tiktoken"));
    Files.copy(golden("bpe.model"), folder.resolve("tokenizer.model"));
    assertThat(TokenizerJson.in(folder)).contains(folder.resolve("tokenizer.model"));
  }

  private static byte[] tiktoken() {
    StringBuilder lines = new StringBuilder();
    for (int b = 0; b < 256; b++) {
      String token = java.util.Base64.getEncoder().encodeToString(new byte[] {(byte) b});
      lines.append(token).append(' ').append(b).append('\n');
    }
    return lines.append("dGhl 257\ndGg= 256\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void tiktokenRanksAreIds() throws IOException {
    Path file = Files.write(folder.resolve("x.tiktoken"), tiktoken());
    Tokenizer tokenizer = Tokenizer.load(file);

    assertThat(tokenizer.encode("the th<|endoftext|>")).containsExactly(257, ' ', 256, 258);
    assertThat(tokenizer.decode(new int[] {257, 'x'})).isEqualTo("thex");
    assertThatThrownBy(() -> Tiktoken.convert("dGhl 0\n".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("no token for the byte 0x00");
    assertThatThrownBy(() -> Tiktoken.convert("dGhl -1\n".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("the line 'dGhl -1'");
    assertThatThrownBy(() -> Tiktoken.convert("!! 0\n".getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("the line '!! 0'");
  }

  /** A model of these pieces: text, score, kind. */
  private static byte[] model(int algorithm, Object... pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < pieces.length; i += 3) {
      byte[] text = ((String) pieces[i]).getBytes(StandardCharsets.UTF_8);
      ByteBuffer piece = ByteBuffer.allocate(text.length + 9).order(ByteOrder.LITTLE_ENDIAN);
      piece.put((byte) 0x0A).put((byte) text.length).put(text);
      piece.put((byte) 0x15).putFloat(((Number) pieces[i + 1]).floatValue());
      piece.put((byte) 0x18).put(((Number) pieces[i + 2]).byteValue());
      out.write(0x0A);
      out.write(piece.position());
      out.write(piece.array(), 0, piece.position());
    }
    out.writeBytes(new byte[] {0x12, 2, 0x18, (byte) algorithm});
    return out.toByteArray();
  }

  static Stream<Arguments> unusable() {
    return Stream.of(
        Arguments.of("no SentencePiece model", new byte[0]),
        Arguments.of("ends in the middle", new byte[] {0x0A, (byte) 0xFF}),
        Arguments.of("3 bytes where 1 are left", new byte[] {0x0A, 3, 0}),
        Arguments.of("wire type 3", new byte[] {0x5B}),
        Arguments.of("field number 0", new byte[] {0}),
        Arguments.of("as wire type 0", new byte[] {0x08, 1}),
        Arguments.of("no UTF-8", new byte[] {0x0A, 3, 0x0A, 1, (byte) 0xFF}),
        Arguments.of("'a' twice", model(1, "<unk>", 0, 2, "a", -1, 1, "a", -2, 1)),
        Arguments.of("score NaN", model(1, "a", Float.NaN, 1)),
        Arguments.of("9 as a type of piece", model(1, "a", 0, 9)),
        Arguments.of("7 as a model type", model(7, "a", 0, 1)),
        Arguments.of("is a word model", model(3, "<unk>", 0, 2)),
        Arguments.of("0 pieces for what is unknown", model(1, "a", -1, 1)),
        Arguments.of("user-defined", model(2, "<unk>", 0, 2, "<x>", 0, 4)),
        Arguments.of("of which one is no piece", model(2, "<unk>", 0, 2, "ab", -1, 1, "a", -2, 1)),
        Arguments.of(
            "may not use it", model(2, "<unk>", 0, 2, "ab", -1, 5, "a", -2, 1, "b", -3, 1)));
  }

  @ParameterizedTest
  @MethodSource("unusable")
  void refusesWithAReason(String reason, byte[] file) {
    assertThatThrownBy(() -> SentencePieceJson.of(SentencePieceModel.parse(file)))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining(reason);
  }

  /** A piece is cut in two wherever it can be: what that takes grows with the square. */
  @Test
  void refusesTokensThatNoTextNeeds() throws IOException {
    byte[] text = "a".repeat(5000).getBytes(StandardCharsets.UTF_8);
    ByteBuffer piece = ByteBuffer.allocate(text.length + 6); // field 1 in field 1, two-byte lengths
    piece.put((byte) 0x0A).put((byte) (5003 & 0x7F | 0x80)).put((byte) (5003 >> 7));
    piece.put((byte) 0x0A).put((byte) (5000 & 0x7F | 0x80)).put((byte) (5000 >> 7)).put(text);
    String base64 = java.util.Base64.getEncoder().encodeToString(text);
    byte[] ranks =
        (new String(tiktoken(), StandardCharsets.US_ASCII) + base64 + " 258\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] json =
        "{\"model\":{\"vocab\":{\"%s\":0}}}"
            .formatted("a".repeat(5000))
            .getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> SentencePieceModel.parse(piece.array()))
        .isInstanceOf(InvalidTokenizerException.class)
        .hasMessageContaining("token of 5000 characters");
    assertThatThrownBy(() -> Tiktoken.convert(ranks))
        .hasMessageContaining("token of 5000 characters");
    assertThatThrownBy(() -> TokenizerJson.of(json))
        .hasMessageContaining("token of 5000 characters");
  }

  @Test
  void refusesMoreThanAVocabularyHas() {
    byte[] pieces = new byte[4 * 1_100_000]; // { 1: { 1: "" } }, over and over
    for (int i = 0; i < pieces.length; i += 4) {
      pieces[i] = 0x0A;
      pieces[i + 1] = 2;
      pieces[i + 2] = 0x0A;
    }
    byte[] json =
        "{\"model\":{\"vocab\":{\"a\":[%s{}]}}}"
            .formatted("{},".repeat(2_200_000))
            .getBytes(StandardCharsets.UTF_8);
    byte[] lines = "YQ== 0\n".repeat(1_100_000).getBytes(StandardCharsets.US_ASCII);

    assertThatThrownBy(() -> SentencePieceModel.parse(pieces))
        .hasMessageContaining("more than 1048576 pieces");
    assertThatThrownBy(() -> TokenizerJson.of(json))
        .hasMessageContaining("more than 4194304 names and values");
    assertThatThrownBy(() -> Tiktoken.convert(lines)).hasMessageContaining("1048577 lines");
  }

  /** Rows of one letter, of every length: each is made in as many ways as it has letters. */
  @Test
  void refusesMoreMergesThanAVocabularyHas() throws IOException {
    StringBuilder lines = new StringBuilder(new String(tiktoken(), StandardCharsets.US_ASCII));
    int rank = 258;
    for (String letter : java.util.List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")) {
      for (int length = 2; length <= 512; length++) {
        byte[] token = letter.repeat(length).getBytes(StandardCharsets.US_ASCII);
        lines.append(java.util.Base64.getEncoder().encodeToString(token));
        lines.append(' ').append(rank++).append('\n');
      }
    }

    assertThatThrownBy(() -> Tiktoken.convert(lines.toString().getBytes(StandardCharsets.US_ASCII)))
        .hasMessageContaining("more than 1048576 ways");
  }

  /** Whatever bytes change, a file is read or refused; nothing else happens. */
  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    byte[] good = Files.readAllBytes(golden("unigram.model"));
    Random random = new Random(1);
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      for (int n = 0; n < 4; n++) {
        bad[random.nextInt(i % 2 == 0 ? 400 : bad.length)] = (byte) random.nextInt();
      }
      try {
        SentencePieceJson.of(SentencePieceModel.parse(bad));
      } catch (InvalidTokenizerException refused) {
        assertThat(refused).hasMessageContaining("tokenizer");
      }
    }
    assertThatThrownBy(() -> new CharacterMap(new byte[] {1, 0, 0, 0, 0, 0, 0, 0}))
        .isInstanceOf(InvalidTokenizerException.class);
  }
}
