package org.transnormer.cleaning.sidecar;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.rules.Measures;
import org.transnormer.cleaning.rules.Rule;

/** Writes the attributes of a shard's documents, in the order of their ordinals. */
public final class AttributeWriter implements AutoCloseable {
  static final String FORMAT = "tnl/cleaning-attributes/1";
  static final String DOCUMENT = "document";
  static final String SOURCE = "source";
  static final String LENGTH = "length";
  static final String HASH = "exact_hash";
  static final String LANGUAGE = "language_code";
  static final String CONFIDENCE = "language_confidence";
  static final String FAILURE = "failure";

  private final SidecarFile file;

  private AttributeWriter(SidecarFile file) {
    this.file = file;
  }

  public static AttributeWriter create(ObjectStore store, String prefix, long documents)
      throws IOException {
    return new AttributeWriter(SidecarFile.create(store, prefix, FORMAT, columns(), documents));
  }

  private static List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    columns.add(Column.ofBytes16(DOCUMENT));
    columns.add(Column.ofLabel(SOURCE));
    columns.add(Column.ofInt(LENGTH));
    columns.add(Column.ofBytes16(HASH));
    columns.add(Column.ofLabel(LANGUAGE));
    columns.add(Column.ofDouble(CONFIDENCE));
    columns.add(Column.ofLabel(FAILURE));
    for (Rule rule : Measures.rules()) {
      columns.add(Column.ofDouble(rule.name()));
    }
    return columns;
  }

  public void add(Attributes row) throws IOException {
    ParquetWriter parquet = file.row();
    parquet
        .put(row.document())
        .put(row.source())
        .put(row.length())
        .put(row.hash())
        .put(row.language().code())
        .put(row.language().confidence())
        .put(row.failure() == null ? "" : row.failure());
    for (double value : row.values()) {
      parquet.put(value);
    }
    parquet.endRow();
  }

  /** The sidecar is the last that annotating writes: once it exists, all of it does. */
  public void commit(AnnotatedShard shard, String annotationHash) throws IOException {
    file.commit(shard.toJson(annotationHash));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
