package org.transnormer.model.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenSetTest {

  @TempDir Path folder;

  private static int[][] randomDocuments(long seed, int count, int vocabSize) {
    Random random = new Random(seed);
    int[][] documents = new int[count][];
    for (int d = 0; d < count; d++) {
      documents[d] = random.ints(random.nextInt(30), 1, vocabSize).toArray();
    }
    return documents;
  }

  @ParameterizedTest
  @CsvSource({"1000, 1000000", "1000, 50", "65536, 37", "65537, 50", "200000, 1"})
  void readsBackWhatWasWritten(int vocabSize, long tokensPerPart) throws IOException {
    int[][] train = randomDocuments(1, 60, vocabSize);
    int[][] heldout = randomDocuments(2, 9, vocabSize);

    try (TokenSet set = TokenSets.write(folder, vocabSize, tokensPerPart, train, heldout)) {
      assertThat(set.header().dtype()).isEqualTo(vocabSize > 65536 ? "u32" : "u16");
      assertThat(set.header()).isEqualTo(TokenSetHeader.read(folder));
      requireSame(set.train(), train, 0);
      requireSame(set.heldout(), heldout, 1000);
    }
  }

  private static void requireSame(Tokens tokens, int[][] documents, int firstDocument) {
    int[] all =
        IntStream.range(0, documents.length)
            .flatMap(d -> IntStream.concat(IntStream.of(documents[d]), IntStream.of(0)))
            .toArray();
    assertThat(tokens.size()).isEqualTo(all.length);
    assertThat(tokens.documents()).isEqualTo(documents.length);
    assertThat(tokens.read(0, all.length)).containsExactly(all);
    long at = 0;
    for (int d = 0; d < documents.length; d++) {
      assertThat(tokens.document(d)).isEqualTo(TokenSets.document(firstDocument + d));
      assertThat(tokens.documentStart(d)).isEqualTo(at);
      for (int i = 0; i <= documents[d].length; i++) {
        assertThat(tokens.documentAt(at + i)).isEqualTo(d);
      }
      at += documents[d].length + 1;
      assertThat(tokens.documentEnd(d)).isEqualTo(at);
    }
  }

  @Test
  void doesNotDoubleAnEndOfDocumentThatIsThere() throws IOException {
    try (TokenSet set = TokenSets.write(folder, 10, 100, new int[][] {{3, 0}, {}}, new int[0][])) {
      assertThat(set.train().read(0, 3)).containsExactly(3, 0, 0);
      assertThat(set.heldout().size()).isZero();
    }
  }

  @Test
  void givesTheSameBytesForTheSameDocuments(@TempDir Path other) throws IOException {
    int[][] documents = randomDocuments(3, 40, 500);
    TokenSets.write(folder, 500, 99, documents, documents).close();
    TokenSets.write(other, 500, 99, documents, documents).close();

    for (String file : TokenSetHeader.read(folder).files()) {
      assertThat(folder.resolve(file)).hasSameBinaryContentAs(other.resolve(file));
    }
    try (var files = Files.list(folder)) {
      assertThat(files.map(p -> p.getFileName().toString()).sorted())
          .containsExactlyElementsOf(
              TokenSetHeader.read(folder).files().stream().sorted().toList());
    }
  }

  @Test
  void isTheSameWhetherOneWriterOrOnePerPartWroteIt(@TempDir Path parts) throws IOException {
    int[][] documents = {{1, 2, 3}, {4, 5}, {6}};
    TokenSets.write(folder, 10, 1, documents, new int[0][]).close();
    List<TokenPart> written = new ArrayList<>();
    for (int d = 2; d >= 0; d--) {
      try (TokenPartWriter writer = TokenPartWriter.create(parts, Split.TRAIN, d, 10, 0)) {
        writer.add(TokenSets.document(d), documents[d], documents[d].length);
        written.add(writer.finish());
      }
    }
    TokenSetHeader header =
        new TokenSetHeader(10, 0, "0".repeat(64), "snapshot", TokenSets.shards(), written);
    header.write(parts);

    assertThat(header).isEqualTo(TokenSetHeader.read(folder));
    for (TokenPart part : header.parts()) {
      assertThat(parts.resolve(part.tokensFile()))
          .hasSameBinaryContentAs(folder.resolve(part.tokensFile()));
    }
  }

  @Test
  void refusesTokensOutsideTheVocabularyAndUnknownShards() throws IOException {
    try (TokenSetWriter writer =
        new TokenSetWriter(folder, new FakeTokenizer(5, 0), "s", List.of("a"), 100)) {
      assertThatThrownBy(() -> writer.add(Split.TRAIN, TokenSets.document(0), new int[] {1, 5}, 2))
          .hasMessageContaining("token 5");
      assertThatThrownBy(() -> writer.add(Split.TRAIN, TokenSets.document(1), new int[] {1}, 2))
          .hasMessageContaining("shard 1 of 1");
    }
    assertThatThrownBy(() -> new DocumentRef("xyz", 0, 0)).hasMessageContaining("xyz");
  }

  @ParameterizedTest
  @CsvSource({
    "train-00000.bin, bytes",
    "train-00000.idx, bytes",
    "train-00000.docs, bytes",
    "heldout-00000.bin, bytes"
  })
  void refusesAFileOfAnotherLength(String file, String expected) throws IOException {
    TokenSets.write(folder, 10, 100, new int[][] {{1, 2}}, new int[][] {{3}}).close();
    Files.write(folder.resolve(file), new byte[] {7}, StandardOpenOption.APPEND);

    assertThatThrownBy(() -> TokenSet.open(folder))
        .isInstanceOf(CorruptTokenSetException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(expected);
  }

  @Test
  void refusesDocumentEndsThatRunBackwards() throws IOException {
    TokenSets.write(folder, 10, 100, new int[][] {{1, 2}, {3}}, new int[0][]).close();
    Path ends = folder.resolve("train-00000.idx");
    byte[] bytes = Files.readAllBytes(ends);
    bytes[0] = 9;
    Files.write(ends, bytes);

    assertThatThrownBy(() -> TokenSet.open(folder))
        .isInstanceOf(CorruptTokenSetException.class)
        .hasMessageContaining("train-00000.idx");
  }

  @Test
  void refusesToHandOutATokenOutsideTheVocabulary() throws IOException {
    TokenSets.write(folder, 10, 100, new int[][] {{1, 2}, {3}}, new int[0][]).close();
    Path tokens = folder.resolve("train-00000.bin");
    byte[] bytes = Files.readAllBytes(tokens);
    bytes[2] = 10;
    Files.write(tokens, bytes);

    try (TokenSet set = TokenSet.open(folder)) {
      assertThatThrownBy(() -> set.train().read(0, 3))
          .isInstanceOf(CorruptTokenSetException.class)
          .hasMessageContaining("token 1 is 10");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "not json",
        "{}",
        "{\"format\":\"tnl/token-set/2\"}",
        "{\"format\":\"tnl/token-set/1\"}",
        "{\"format\":\"tnl/token-set/1\",\"shards\":[],\"splits\":{\"train\":{\"parts\":[]}}}"
      })
  void refusesADescriptionThatIsNone(String json) throws IOException {
    Files.writeString(folder.resolve(TokenSetHeader.FILE), json);

    assertThatThrownBy(() -> TokenSet.open(folder))
        .isInstanceOf(CorruptTokenSetException.class)
        .hasMessageContaining(TokenSetHeader.FILE);
  }
}
