package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.cleaning.sidecar.Column.Kind;
import org.transnormer.cleaning.sidecar.ParquetFile.MalformedException;

/**
 * Reads a sidecar column by column. The file is compared with its manifest's digest before a byte
 * is decoded, and its columns and rows with what the caller expects; anything else is a {@link
 * CorruptArtifactException}. Not thread-safe.
 */
public final class SidecarReader implements AutoCloseable {
  static final String FILE = "sidecar.parquet";

  private final String key;
  private final ParquetFile file;
  private final int rows;
  private final Manifest manifest;

  private SidecarReader(String key, ParquetFile file, int rows, Manifest manifest) {
    this.key = key;
    this.file = file;
    this.rows = rows;
    this.manifest = manifest;
  }

  /**
   * @param rows documents of the shard
   */
  static SidecarReader open(ObjectStore store, String prefix, String format, long rows)
      throws IOException {
    Manifest manifest = Manifest.read(store, prefix, format);
    StoredObject object =
        manifest
            .object(FILE)
            .orElseThrow(() -> new CorruptArtifactException(prefix, "names no " + FILE))
            .at(prefix);
    Path path = store.localCopy(object);
    ParquetFile file;
    try {
      file = ParquetFile.open(path);
    } catch (MalformedException e) {
      throw new CorruptArtifactException(object.key(), "not a sidecar: " + e.getMessage(), e);
    }
    if (file.rows() != rows) {
      long found = file.rows();
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
        column, Kind.DOUBLE, (page, from, count) -> page.asDoubleBuffer().get(values, from, count));
    return values;
  }

  public long[] longs(String column) throws IOException {
    long[] values = new long[rows];
    read(column, Kind.LONG, (page, from, count) -> page.asLongBuffer().get(values, from, count));
    return values;
  }

  public int[] ints(String column) throws IOException {
    int[] values = new int[rows];
    read(column, Kind.INT, (page, from, count) -> page.asIntBuffer().get(values, from, count));
    return values;
  }

  /** 16 bytes per row, one behind the other. */
  public byte[] bytes16(String column) throws IOException {
    byte[] values = new byte[Math.multiplyExact(rows, 16)];
    read(column, Kind.BYTES16, (page, from, count) -> page.get(values, 16 * from, 16 * count));
    return values;
  }

  /** Strings of equal value are mostly the same object. */
  public String[] labels(String column) throws IOException {
    String[] values = new String[rows];
    DictionaryCodes codes = new DictionaryCodes(values);
    try {
      file.read(column, Kind.LABEL, codes);
    } catch (MalformedException e) {
      throw corrupt(column, e);
    }
    requireAll(column, codes.filled());
    return values;
  }

  private interface Plain {
    void take(ByteBuffer page, int from, int count);
  }

  private void read(String column, Kind kind, Plain plain) throws IOException {
    int[] filled = {0};
    try {
      file.read(
          column,
          kind,
          new ParquetFile.Pages() {
            @Override
            public void dictionary(ByteBuffer page, int values) throws IOException {
              throw new MalformedException("a dictionary of numbers");
            }

            @Override
            public void data(ByteBuffer page, int values) throws IOException {
              if (values > rows - filled[0]) {
                throw new MalformedException("more values than rows");
              }
              plain.take(page, filled[0], values);
              filled[0] += values;
            }
          });
    } catch (MalformedException e) {
      throw corrupt(column, e);
    }
    requireAll(column, filled[0]);
  }

  private void requireAll(String column, int filled) throws CorruptArtifactException {
    if (filled != rows) {
      throw corrupt("column %s has %d values for %d rows".formatted(column, filled, rows));
    }
  }

  private CorruptArtifactException corrupt(String column, IOException cause) {
    return new CorruptArtifactException(key, "column " + column + ": " + cause.getMessage(), cause);
  }

  CorruptArtifactException corrupt(String reason) {
    return new CorruptArtifactException(key, reason);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
