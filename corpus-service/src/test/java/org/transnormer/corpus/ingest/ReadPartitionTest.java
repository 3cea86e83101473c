package org.transnormer.corpus.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.documents.ShardLimits;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;
import org.transnormer.corpus.catalogue.CountedShard;
import org.transnormer.corpus.catalogue.DocumentIds;
import org.transnormer.corpus.ingest.files.FileReading;
import org.transnormer.corpus.sources.ReadingRules;
import org.transnormer.corpus.sources.Source;
import org.transnormer.corpus.sources.SourceFormat;

class ReadPartitionTest {
  @TempDir Path temp;
  private Path in;
  private ObjectStore store;
  private Source source;

  @BeforeEach
  void aFolderWithGoodAndBadFiles() throws IOException {
    in = Files.createDirectories(temp.toRealPath().resolve("in"));
    store = ObjectStore.open(StoreConfig.local(temp.resolve("store")));
    source = Fixtures.source("books", in.toUri(), "**", ReadingRules.of(SourceFormat.AUTO));
    write(
        "a.jsonl", "{\"text\":\"one\",\"url\":\"https://example.org/1\"}\nbad\n{\"text\":\"two\"}");
    write("b/broken.txt", new byte[] {(byte) 0xff, 'x'});
    write("b/good.txt", "three");
    write("c.json", "[{\"text\":\"four\"},{");
    write("d.pdf", "%PDF-1.7");
    write(".hidden/x.txt", "hidden");
  }

  private void write(String path, String content) throws IOException {
    write(path, content.getBytes(StandardCharsets.UTF_8));
  }

  private void write(String path, byte[] content) throws IOException {
    Path file = in.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, content);
  }

  private Listed list() throws Exception {
    Listed listed = new Listed();
    Fixtures.files(in).list(source, listed);
    return listed;
  }

  private PartitionOutcome read(List<PlannedFile> files, ShardLimits limits) throws IOException {
    return new ReadPartition(
            store,
            temp.resolve("scratch"),
            Fixtures.files(in),
            new FileReading(ReadLimits.DEFAULTS),
            1 << 20,
            limits)
        .read(source, files, "failures/p0.jsonl", (count, bytes, documents) -> {});
  }

  @Test
  void aBadFileStopsNothingAndEverythingIsAccountedFor() throws Exception {
    List<PlannedFile> files = list().sorted();

    PartitionOutcome outcome = read(files, ShardLimits.standard());

    assertThat(files)
        .extracting(PlannedFile::path)
        .containsExactly("a.jsonl", "b/broken.txt", "b/good.txt", "c.json", "d.pdf");
    assertThat(outcome.files()).isEqualTo(5);
    assertThat(outcome.failedFiles()).isEqualTo(3);
    assertThat(outcome.documentsRead()).isEqualTo(6);
    assertThat(outcome.documentsWritten()).isEqualTo(4);
    assertThat(outcome.documentsFailed()).isEqualTo(2);
    assertThat(outcome.reasons())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Reason.INVALID_JSON, 2L,
                Reason.INVALID_ENCODING, 1L,
                Reason.UNSUPPORTED_FORMAT, 1L));
    assertThat(FailureLog.read(store, "failures/p0.jsonl", 1, 2))
        .extracting(Failure::path)
        .containsExactly("b/broken.txt", "c.json");
    assertThat(texts(outcome.shards())).containsExactly("one", "two", "three", "four");
  }

  @Test
  void documentsCarryLicenceProvenanceAndPathAndNothingOfTheRun() throws Exception {
    PartitionOutcome outcome = read(list().sorted(), ShardLimits.standard());

    try (var reader = DocumentShardReader.open(store, outcome.shards().getFirst().ref())) {
      Document first = reader.read(0);
      assertThat(first.source()).isEqualTo("books");
      assertThat(first.metadata())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "licence", "CC0-1.0",
                  "provenance", "https://example.org/books",
                  "language", "en",
                  "path", "a.jsonl",
                  "url", "https://example.org/1"));
      assertThat(first.id()).endsWith(DocumentIds.ofSource("books"));
      assertThat(reader.find(first.id())).hasValue(0);
    }
  }

  @Test
  void theSameFilesGiveTheSameShards() throws Exception {
    PartitionOutcome once = read(list().sorted(), new ShardLimits(1, 10, 1000));
    PartitionOutcome again = read(list().sorted(), new ShardLimits(1, 10, 1000));

    assertThat(once.shards()).hasSizeGreaterThan(1).isEqualTo(again.shards());
  }

  @Test
  void aFileThatChangedSinceItWasPlannedIsNotRead() throws Exception {
    List<PlannedFile> files = list().sorted();
    write("b/good.txt", "three and more");
    Files.delete(in.resolve("a.jsonl"));

    PartitionOutcome outcome = read(files, ShardLimits.standard());

    assertThat(outcome.reasons()).containsEntry(Reason.CHANGED, 2L);
  }

  @Test
  void linksOutOfTheRootAreListedAsRefused() throws Exception {
    Path outside = Files.writeString(temp.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(in.resolve("link.txt"), outside);
    Files.createSymbolicLink(in.resolve("loop"), in);
    Files.createSymbolicLink(in.resolve("inside.txt"), in.resolve("b/good.txt"));

    Listed listed = list();

    assertThat(listed.refused)
        .containsExactlyInAnyOrder("link.txt outside-roots", "loop not-a-file");
    assertThat(listed.sorted()).extracting(PlannedFile::path).contains("inside.txt");
  }

  /** Java itself cannot make such a file: to it names are text. */
  @Test
  void aNameThatIsNoTextIsListedAsRefused() throws Exception {
    String make = "printf text > \"$(printf 'n\\377.txt')\" && printf text > 'back\\slash.txt'";
    Process shell = new ProcessBuilder("sh", "-c", make).directory(in.toFile()).start();
    assertThat(shell.waitFor()).isZero();

    Listed listed = list();

    assertThat(listed.refused)
        .containsExactlyInAnyOrder("n\ufffd.txt unusable-name", "back/slash.txt unusable-name");
    assertThat(listed.sorted()).extracting(PlannedFile::path).contains("b/good.txt");
  }

  @Test
  void aLinkThatIsTurnedOutOfTheRootLaterIsNotFollowed() throws Exception {
    List<PlannedFile> files = list().sorted();
    Files.delete(in.resolve("b/good.txt"));
    Path outside = Files.writeString(temp.resolve("secret.txt"), "secret");
    Files.createSymbolicLink(in.resolve("b/good.txt"), outside);

    PartitionOutcome outcome = read(files, ShardLimits.standard());

    assertThat(outcome.reasons()).containsEntry(Reason.OUTSIDE_ROOTS, 1L);
    assertThat(texts(outcome.shards())).doesNotContain("secret");
  }

  @Test
  void aFullDiskEndsThePartitionAndLeavesNoShard() throws Exception {
    ObjectStore full = new FullStore(store);
    ReadPartition reading =
        new ReadPartition(
            full,
            temp.resolve("scratch"),
            Fixtures.files(in),
            new FileReading(ReadLimits.DEFAULTS),
            1 << 20,
            ShardLimits.standard());
    List<PlannedFile> good =
        list().sorted().stream().filter(file -> file.path().endsWith("good.txt")).toList();

    assertThatThrownBy(() -> reading.read(source, good, "failures/p0.jsonl", (a, b, c) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("No space left on device");
    assertThat(store.list("")).isEmpty();
    assertThat(temp.resolve("scratch")).isEmptyDirectory();
  }

  @Test
  void partitionsDependOnNamesAndSizesAlone() {
    List<PlannedFile> files =
        List.of(
            new PlannedFile("c", 50, "x"),
            new PlannedFile("a", 60, "x"),
            new PlannedFile("b", 60, "x"),
            new PlannedFile("d", 500, "x"),
            new PlannedFile("e", 1, "x"));

    var partitions = IngestionPlan.partitions(files, new IngestionPlan.Cut(120, 2));

    assertThat(partitions)
        .extracting(each -> each.stream().map(PlannedFile::path).toList())
        .containsExactly(List.of("a", "b"), List.of("c"), List.of("d"), List.of("e"));
  }

  private List<String> texts(List<CountedShard> shards) throws IOException {
    List<String> texts = new ArrayList<>();
    for (CountedShard shard : shards) {
      try (var reader = DocumentShardReader.open(store, shard.ref())) {
        reader.documents().map(IndexedDocument::document).map(Document::text).forEach(texts::add);
      }
    }
    return texts;
  }

  private static final class Listed implements SourceFiles.Listing {
    private final List<PlannedFile> files = new ArrayList<>();
    private final List<String> refused = new ArrayList<>();

    @Override
    public void file(PlannedFile file) {
      files.add(file);
    }

    @Override
    public void refused(String path, Reason reason, String detail) {
      refused.add(path + " " + reason.slug());
    }

    List<PlannedFile> sorted() {
      return IngestionPlan.partitions(files, new IngestionPlan.Cut(Long.MAX_VALUE / 2, 1000))
          .getFirst();
    }
  }
}
