package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.util.List;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import tools.jackson.databind.node.ObjectNode;

/** A sidecar that is being written. It exists once it is committed. Not thread-safe. */
final class SidecarFile implements AutoCloseable {
  private final ObjectStore store;
  private final String prefix;
  private final String format;
  private final long rows;
  private final ObjectWriter object;
  private final ParquetWriter parquet;

  private SidecarFile(
      ObjectStore store,
      String prefix,
      String format,
      long rows,
      ObjectWriter object,
      ParquetWriter parquet) {
    this.store = store;
    this.prefix = prefix;
    this.format = format;
    this.rows = rows;
    this.object = object;
    this.parquet = parquet;
  }

  /**
   * @param rows documents of the shard
   */
  static SidecarFile create(
      ObjectStore store, String prefix, String format, List<Column> columns, long rows)
      throws IOException {
    ObjectWriter object = store.create(prefix + "/" + SidecarReader.FILE);
    try {
      ParquetWriter parquet = new ParquetWriter(object, columns, rows);
      return new SidecarFile(store, prefix, format, rows, object, parquet);
    } catch (IOException | RuntimeException e) {
      object.close();
      throw e;
    }
  }

  /** The row to be filled. */
  ParquetWriter row() {
    return parquet;
  }

  void commit(ObjectNode attributes) throws IOException {
    if (parquet.rows() != rows) {
      throw new IllegalStateException(parquet.rows() + " rows for " + rows + " documents");
    }
    parquet.close();
    Manifest.Entry entry = Manifest.Entry.of(prefix, object.commit());
    new Manifest(format, List.of(entry), attributes).commit(store, prefix);
  }

  /** Without a commit nothing is left. */
  @Override
  public void close() throws IOException {
    object.close();
  }
}
