package org.transnormer.artifacts.documents;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;

class DocumentShardTest {
  private static final ShardLimits SMALL = new ShardLimits(20_000, 4_000, 50_000);

  @TempDir Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() throws IOException {
    store = ObjectStore.open(StoreConfig.local(folder.resolve("store")));
  }

  @Test
  void readsBackEveryDocumentInOrder() throws IOException {
    List<Document> documents = documents(300);

    ShardRef shard = write(documents);

    assertThat(shard.prefix()).isEqualTo("corpora/c1/shards/" + shard.sha256());
    assertThat(shard.documents()).isEqualTo(300);
    try (var reader = DocumentShardReader.open(store, shard)) {
      assertThat(reader.documents().map(IndexedDocument::document)).isEqualTo(documents);
      assertThat(reader.documents(123).map(IndexedDocument::ordinal))
          .startsWith(123L, 124L)
          .hasSize(177);
      reader.verify();
    }
  }

  @Test
  void findsADocumentByIdAndByOrdinal() throws IOException {
    List<Document> documents = documents(1000);

    try (var reader = DocumentShardReader.open(store, write(documents))) {
      for (int i : new int[] {0, 1, 17, 500, 998, 999}) {
        assertThat(reader.find(documents.get(i).id())).hasValue(i);
        assertThat(reader.read(i)).isEqualTo(documents.get(i));
      }
      assertThat(reader.find("0".repeat(32))).isEmpty();
      assertThat(reader.find("f".repeat(32))).isEmpty();
    }
  }

  @Test
  void findsTheFirstOfTwoDocumentsWithOneId() throws IOException {
    Document twice = document(1, "twice");

    try (var reader =
        DocumentShardReader.open(store, write(List.of(document(2, "a"), twice, twice)))) {
      assertThat(reader.find(twice.id())).hasValue(1);
    }
  }

  @Test
  void equalDocumentsMakeAnEqualShard() throws IOException {
    ShardRef first = write(documents(50));

    assertThat(write(documents(50))).isEqualTo(first);
    assertThat(write(documents(51)).sha256()).isNotEqualTo(first.sha256());
  }

  @Test
  void anyZstdToolReadsTheLines() throws IOException {
    ShardRef shard = write(documents(200));

    try (var in = new ZstdInputStream(store.open(shard.prefix() + "/documents.jsonl.zst"))) {
      assertThat(new String(in.setContinuous(true).readAllBytes(), UTF_8).lines())
          .hasSize(200)
          .allMatch(line -> line.startsWith("{\"id\":\"") && line.contains(",\"text\":"));
    }
  }

  @Test
  void keepsTextOfEveryKind() throws IOException {
    String text = "line\nfeed \"quoted\" \\ tab\t nul\u0000 \u2028 ü 漢 😀 ";

    ShardRef shard = write(List.of(document(1, text), document(2, "")));

    assertThat(shard.textBytes()).isEqualTo(text.getBytes(UTF_8).length);
    try (var reader = DocumentShardReader.open(store, shard)) {
      assertThat(reader.read(0).text()).isEqualTo(text);
      assertThat(reader.read(1).text()).isEmpty();
    }
  }

  @Test
  void anEmptyShardIsOne() throws IOException {
    try (var reader = DocumentShardReader.open(store, write(List.of()))) {
      assertThat(reader.count()).isZero();
      assertThat(reader.documents()).isEmpty();
      assertThat(reader.find("0".repeat(32))).isEmpty();
    }
  }

  @Test
  void refusesWhatIsTooLargeOrNotUnicodeAndGoesOn() throws IOException {
    try (var writer = DocumentShardWriter.create(store, folder, SMALL)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> writer.add(document(1, "x".repeat(60_000))));
      assertThatIllegalArgumentException().isThrownBy(() -> writer.add(document(1, "\ud800")));
      assertThat(writer.add(document(3, "fine"))).isZero();
      assertThat(writer.commit("c").documents()).isOne();
    }
  }

  @Test
  void saysWhenItIsFull() throws IOException {
    Random random = new Random(1);
    try (var writer = DocumentShardWriter.create(store, folder, SMALL)) {
      int added = 0;
      while (!writer.full()) {
        writer.add(document(added++, Long.toString(random.nextLong()).repeat(10)));
      }
      assertThat(added).isGreaterThan(20);
    }
  }

  @Test
  void leavesNothingWithoutACommit() throws IOException {
    try (var writer = DocumentShardWriter.create(store, folder.resolve("scratch"), SMALL)) {
      writer.add(document(1, "x"));
    }

    assertThat(folder.resolve("scratch")).isEmptyDirectory();
    assertThat(store.list("")).isEmpty();
  }

  @Test
  void aShardWithoutManifestDoesNotExist() throws IOException {
    ShardRef shard = write(documents(3));
    store.delete(shard.prefix() + "/manifest.json");

    assertThatExceptionOfType(NoSuchObjectException.class)
        .isThrownBy(() -> DocumentShardReader.open(store, shard));
    assertThat(write(documents(3))).isEqualTo(shard);
    assertThat(ShardRef.read(store, shard.prefix())).isEqualTo(shard);
  }

  @ParameterizedTest
  @ValueSource(strings = {"documents.jsonl.zst", "frames.idx", "ids.idx", "manifest.json"})
  void namesTheDamagedObject(String name) throws IOException {
    List<Document> documents = documents(100);
    ShardRef shard = write(documents);
    Path file = folder.resolve("store").resolve(shard.prefix()).resolve(name);
    byte[] whole = Files.readAllBytes(file);

    for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 60)) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x15;
      Files.write(file, damaged);
      assertDamageIsNoticed(shard, documents, name);
      Files.write(file, java.util.Arrays.copyOf(whole, at));
      assertDamageIsNoticed(shard, documents, name);
    }
  }

  private void assertDamageIsNoticed(ShardRef shard, List<Document> documents, String name) {
    assertThatExceptionOfType(CorruptArtifactException.class)
        .isThrownBy(() -> readEverything(shard, documents))
        .satisfies(e -> assertThat(e.key()).endsWith("/" + name));
  }

  private void readEverything(ShardRef shard, List<Document> documents) throws IOException {
    try (var reader = DocumentShardReader.open(store, shard)) {
      for (Document document : documents) {
        reader.find(document.id());
      }
      reader.documents().forEach(_ -> {});
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private ShardRef write(List<Document> documents) throws IOException {
    try (var writer = DocumentShardWriter.create(store, folder, SMALL)) {
      for (Document document : documents) {
        writer.add(document);
      }
      return writer.commit("corpora/c1/shards");
    }
  }

  private static List<Document> documents(int count) {
    Random random = new Random(count);
    List<Document> documents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      documents.add(document(i, "text " + i + " " + "word ".repeat(random.nextInt(100))));
    }
    return documents;
  }

  static Document document(int number, String text) {
    return new Document(
        Digests.sha256("document " + number).substring(0, 32),
        text,
        "source",
        Map.of("language", "en", "path", "a/" + number));
  }
}
