package org.transnormer.cleaning.sidecar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hardwood.Hardwood;
import dev.hardwood.InputFile;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ParquetFileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.cleaning.CleaningFixture;

class SidecarTest {
  private static final String FORMAT = "tnl/test/1";
  private static final List<Column> COLUMNS =
      List.of(
          Column.ofInt("int"),
          Column.ofLong("long"),
          Column.ofDouble("double"),
          Column.ofBytes16("bytes"),
          Column.ofLabel("label"));

  @TempDir Path folder;

  private static String label(Random random, int labels) {
    return labels == 0 ? "" : "label \u00e9 " + random.nextInt(labels);
  }

  private static void write(ObjectStore store, String prefix, int rows, int labels, long seed)
      throws IOException {
    Random random = new Random(seed);
    try (SidecarFile file = SidecarFile.create(store, prefix, FORMAT, COLUMNS, rows)) {
      byte[] bytes = new byte[16];
      for (int i = 0; i < rows; i++) {
        random.nextBytes(bytes);
        file.row()
            .put(random.nextInt())
            .put(random.nextLong())
            .put(i % 7 == 0 ? Double.NaN : random.nextDouble())
            .put(bytes)
            .put(label(random, labels))
            .endRow();
      }
      file.commit(CanonicalJson.object());
    }
  }

  /** The last goes over a row group's end. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 8, 9, 1000, 70_000})
  void readsWhatWasWritten(int rows) throws IOException {
    int labels = rows % 3 == 0 ? 0 : rows % 300;
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      write(fixture.store, "a/b", rows, labels, rows);
      Random random = new Random(rows);

      try (SidecarReader reader = SidecarReader.open(fixture.store, "a/b", FORMAT, rows)) {
        int[] ints = reader.ints("int");
        long[] longs = reader.longs("long");
        double[] doubles = reader.doubles("double");
        byte[] all = reader.bytes16("bytes");
        String[] texts = reader.labels("label");
        byte[] bytes = new byte[16];
        for (int i = 0; i < rows; i++) {
          random.nextBytes(bytes);
          assertThat(ints[i]).isEqualTo(random.nextInt());
          assertThat(longs[i]).isEqualTo(random.nextLong());
          double expected = i % 7 == 0 ? Double.NaN : random.nextDouble();
          assertThat(doubles[i]).isEqualTo(Double.valueOf(expected));
          assertThat(java.util.Arrays.copyOfRange(all, 16 * i, 16 * i + 16)).isEqualTo(bytes);
          assertThat(texts[i]).isEqualTo(label(random, labels));
        }
      }
    }
  }

  /** Another implementation reads the same. */
  @Test
  void isParquetToOthers() throws IOException {
    int rows = 70_000;
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      write(fixture.store, "a", rows, 300, 5);
      Path path = folder.resolve("store/a").resolve(SidecarReader.FILE);
      try (SidecarReader mine = SidecarReader.open(fixture.store, "a", FORMAT, rows);
          Hardwood hardwood = Hardwood.create();
          ParquetFileReader file = hardwood.open(InputFile.of(path));
          ColumnReader doubles = file.columnReader("double");
          ColumnReader labels = file.columnReader("label");
          ColumnReader bytes = file.columnReader("bytes")) {
        double[] expectedDoubles = mine.doubles("double");
        String[] expectedLabels = mine.labels("label");
        byte[] expectedBytes = mine.bytes16("bytes");
        for (int from = 0; doubles.nextBatch(); from += doubles.getRecordCount()) {
          assertThat(Arrays.copyOf(doubles.getDoubles(), doubles.getRecordCount()))
              .isEqualTo(
                  Arrays.copyOfRange(expectedDoubles, from, from + doubles.getRecordCount()));
        }
        for (int from = 0; labels.nextBatch(); from += labels.getRecordCount()) {
          assertThat(Arrays.copyOf(labels.getStrings(), labels.getRecordCount()))
              .isEqualTo(Arrays.copyOfRange(expectedLabels, from, from + labels.getRecordCount()));
        }
        for (int from = 0; bytes.nextBatch(); from += bytes.getRecordCount()) {
          int length = 16 * bytes.getRecordCount();
          assertThat(Arrays.copyOf(bytes.getBinaryValues(), length))
              .isEqualTo(Arrays.copyOfRange(expectedBytes, 16 * from, 16 * from + length));
        }
      }
    }
  }

  @Test
  void equalRowsGiveEqualBytes() throws IOException {
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      write(fixture.store, "a", 500, 9, 1);
      write(fixture.store, "b", 500, 9, 1);

      assertThat(Manifest.read(fixture.store, "a").digest())
          .isEqualTo(Manifest.read(fixture.store, "b").digest());
    }
  }

  @Test
  void refusesOtherRowsColumnsAndKinds() throws IOException {
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      write(fixture.store, "a", 10, 2, 1);

      assertThatThrownBy(() -> SidecarReader.open(fixture.store, "a", FORMAT, 11).close())
          .isInstanceOf(CorruptArtifactException.class)
          .hasMessageContaining("10 rows");
      assertThatThrownBy(() -> SidecarReader.open(fixture.store, "a", "tnl/other/1", 10).close())
          .isInstanceOf(CorruptArtifactException.class);
      assertThatThrownBy(() -> SidecarReader.open(fixture.store, "nowhere", FORMAT, 10).close())
          .isInstanceOf(NoSuchObjectException.class);
      try (SidecarReader reader = SidecarReader.open(fixture.store, "a", FORMAT, 10)) {
        assertThatThrownBy(() -> reader.doubles("missing"))
            .isInstanceOf(CorruptArtifactException.class)
            .hasMessageContaining("missing");
        assertThatThrownBy(() -> reader.doubles("int"))
            .isInstanceOf(CorruptArtifactException.class);
      }
    }
  }

  @Test
  void refusesAFileThatIsNotWhatTheManifestSays() throws IOException {
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      write(fixture.store, "a", 100, 2, 1);
      Path file = folder.resolve("store/a").resolve(SidecarReader.FILE);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length / 2] ^= 1;
      Files.delete(file);
      Files.write(file, bytes);

      assertThatThrownBy(() -> SidecarReader.open(fixture.store, "a", FORMAT, 100).close())
          .isInstanceOf(CorruptArtifactException.class);
    }
  }

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 60);
  }

  /** A manifest can vouch for a file that is nonsense all the same. */
  @ParameterizedTest
  @MethodSource("seeds")
  void damageThatTheManifestVouchesForIsAFaultNotACrash(long seed) throws IOException {
    try (CleaningFixture fixture = new CleaningFixture(folder)) {
      write(fixture.store, "a", 300, 5, 1);
      byte[] bytes = Files.readAllBytes(folder.resolve("store/a").resolve(SidecarReader.FILE));
      Random random = new Random(seed);
      for (int i = 0; i < 1 + seed % 4; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      int length = seed % 3 == 0 ? random.nextInt(bytes.length) : bytes.length;
      try (ObjectWriter object = fixture.store.create("b/" + SidecarReader.FILE)) {
        object.write(bytes, 0, length);
        Manifest.Entry entry = Manifest.Entry.of("b", object.commit());
        new Manifest(FORMAT, List.of(entry), CanonicalJson.object()).commit(fixture.store, "b");
      }

      try (SidecarReader reader = SidecarReader.open(fixture.store, "b", FORMAT, 300)) {
        assertThat(reader.ints("int")).hasSize(300);
        assertThat(reader.longs("long")).hasSize(300);
        assertThat(reader.doubles("double")).hasSize(300);
        assertThat(reader.bytes16("bytes")).hasSize(4800);
        assertThat(reader.labels("label")).hasSize(300);
      } catch (CorruptArtifactException expected) {
        assertThat(expected.key()).startsWith("b/");
      }
    }
  }
}
