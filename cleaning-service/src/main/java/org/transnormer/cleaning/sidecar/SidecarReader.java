package org.transnormer.cleaning.sidecar;

import dev.hardwood.Hardwood;
import dev.hardwood.InputFile;
import dev.hardwood.metadata.PhysicalType;
import dev.hardwood.reader.ColumnReader;
import dev.hardwood.reader.ParquetFileReader;
import dev.hardwood.schema.ColumnSchema;
import java.io.IOException;
import java.nio.file.Path;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.cleaning.sidecar.Column.Kind;

/**
 * Reads a sidecar column by column. The file is compared with its manifest's digest before a byte
 * is decoded, and its columns and rows with what the caller expects; anything else is a {@link
 * CorruptArtifactException}. Not thread-safe.
 */
public final class SidecarReader implements AutoCloseable {
  static final String FILE = "sidecar.parquet";

  private final String key;
  private final ParquetFileReader file;
  private final int rows;
  private final Manifest manifest;

  private SidecarReader(String key, ParquetFileReader file, int rows, Manifest manifest) {
    this.key = key;
    this.file = file;
    this.rows = rows;
    this.manifest = manifest;
  }

  /**
   * @param rows documents of the shard
   */
  static SidecarReader open(
      Hardwood hardwood, ObjectStore store, String prefix, String format, long rows)
      throws IOException {
    Manifest manifest = Manifest.read(store, prefix, format);
    StoredObject object =
        manifest
            .object(FILE)
            .orElseThrow(() -> new CorruptArtifactException(prefix, "names no " + FILE))
            .at(prefix);
    Path path = store.localCopy(object);
    ParquetFileReader file;
    try {
      file = hardwood.open(InputFile.of(path));
    } catch (RuntimeException e) {
      throw new CorruptArtifactException(object.key(), "not Parquet: " + e.getMessage(), e);
    }
    long found = file.getFileMetaData().numRows();
    if (found != rows) {
      file.close();
      throw new CorruptArtifactException(
          object.key(), "has %d rows, its shard %d documents".formatted(found, rows));
    }
    return new SidecarReader(object.key(), file, Math.toIntExact(rows), manifest);
  }

  public int rows() {
    return rows;
  }

  public Manifest manifest() {
    return manifest;
  }

  public double[] doubles(String column) throws IOException {
    double[] values = new double[rows];
    read(
        column,
        Kind.DOUBLE,
        (reader, from, count) -> System.arraycopy(reader.getDoubles(), 0, values, from, count));
    return values;
  }

  public long[] longs(String column) throws IOException {
    long[] values = new long[rows];
    read(
        column,
        Kind.LONG,
        (reader, from, count) -> System.arraycopy(reader.getLongs(), 0, values, from, count));
    return values;
  }

  public int[] ints(String column) throws IOException {
    int[] values = new int[rows];
    read(
        column,
        Kind.INT,
        (reader, from, count) -> System.arraycopy(reader.getInts(), 0, values, from, count));
    return values;
  }

  /** Strings of equal value are mostly the same object. */
  public String[] labels(String column) throws IOException {
    String[] values = new String[rows];
    read(
        column,
        Kind.LABEL,
        (reader, from, count) -> System.arraycopy(reader.getStrings(), 0, values, from, count));
    return values;
  }

  /** 16 bytes per row, one behind the other. */
  public byte[] bytes16(String column) throws IOException {
    byte[] values = new byte[Math.multiplyExact(rows, 16)];
    read(
        column,
        Kind.BYTES16,
        (reader, from, count) -> {
          int[] offsets = reader.getBinaryOffsets();
          if (offsets[count] - offsets[0] != 16 * count) {
            throw new IllegalStateException("values are not 16 bytes long");
          }
          System.arraycopy(reader.getBinaryValues(), offsets[0], values, 16 * from, 16 * count);
        });
    return values;
  }

  private interface Batch {
    void take(ColumnReader reader, int from, int count);
  }

  private void read(String column, Kind kind, Batch batch) throws IOException {
    try {
      requireKind(file.getFileSchema().getColumn(column), kind);
      int from = 0;
      try (ColumnReader reader = file.columnReader(column)) {
        while (reader.nextBatch()) {
          int count = reader.getRecordCount();
          if (count > rows - from) {
            throw new IllegalStateException("more values than rows");
          }
          batch.take(reader, from, count);
          from += count;
        }
      }
      if (from != rows) {
        throw new IllegalStateException(from + " values for " + rows + " rows");
      }
    } catch (RuntimeException e) {
      throw new CorruptArtifactException(key, "column " + column + ": " + e.getMessage(), e);
    }
  }

  private static void requireKind(ColumnSchema column, Kind kind) {
    PhysicalType expected =
        switch (kind) {
          case INT -> PhysicalType.INT32;
          case LONG -> PhysicalType.INT64;
          case DOUBLE -> PhysicalType.DOUBLE;
          case BYTES16 -> PhysicalType.FIXED_LEN_BYTE_ARRAY;
          case LABEL -> PhysicalType.BYTE_ARRAY;
        };
    if (column.type() != expected || column.maxDefinitionLevel() != 0) {
      throw new IllegalStateException("is no required " + expected);
    }
  }

  CorruptArtifactException corrupt(String reason) {
    return new CorruptArtifactException(key, reason);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
