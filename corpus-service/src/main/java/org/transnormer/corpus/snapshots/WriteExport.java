package org.transnormer.corpus.snapshots;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.transnormer.artifacts.documents.Document;
import org.transnormer.artifacts.documents.DocumentShardReader;
import org.transnormer.artifacts.documents.IndexedDocument;
import org.transnormer.artifacts.documents.Snapshot;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.artifacts.store.StoredObject;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the documents that a snapshot keeps, a file for each of its shards, and at last the
 * manifest that makes it an export. Equal snapshots give equal files.
 */
public final class WriteExport {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int ZSTD_LEVEL = 3;

  /** Told for each document; may throw to stop. */
  @FunctionalInterface
  public interface Progress<X extends Exception> {
    void documents(long done) throws X;
  }

  /** A file of the export. */
  public record Part(StoredObject object, long documents) {}

  private final ObjectStore store;

  public WriteExport(ObjectStore store) {
    this.store = store;
  }

  public int parts(Export export) throws IOException {
    return Snapshot.read(store, export.snapshotId()).shards().size();
  }

  public <X extends Exception> Part part(Export export, int number, Progress<X> progress)
      throws IOException, X {
    SnapshotShard shard = Snapshot.read(store, export.snapshotId()).shards().get(number);
    String key = export.prefix() + "/" + export.fileName(number);
    long documents = 0;
    try (DocumentShardReader reader = DocumentShardReader.open(store, shard.shard());
        ObjectWriter object = store.create(key)) {
      try (OutputStream out = encoded(export.format(), object);
          var all = reader.documents()) {
        for (Iterator<IndexedDocument> each = all.iterator(); each.hasNext(); ) {
          IndexedDocument document = each.next();
          int ordinal = Math.toIntExact(document.ordinal());
          boolean heldout = shard.heldout().contains(ordinal);
          if (heldout || shard.train().contains(ordinal)) {
            out.write(line(document.document(), heldout ? "heldout" : "train"));
            progress.documents(++documents);
          }
        }
      }
      return new Part(object.commit(), documents);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static OutputStream encoded(Export.Format format, ObjectWriter object)
      throws IOException {
    OutputStream kept =
        new FilterOutputStream(object) {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
          }

          /** The object is committed, or dropped, by its own owner. */
          @Override
          public void close() throws IOException {
            flush();
          }
        };
    return switch (format) {
      case JSONL -> new BufferedOutputStream(kept, 1 << 16);
      case JSONL_ZST -> new BufferedOutputStream(new ZstdOutputStream(kept, ZSTD_LEVEL), 1 << 16);
    };
  }

  private static byte[] line(Document document, String split) {
    ObjectNode json = JSON.createObjectNode();
    json.put("id", document.id());
    json.put("text", document.text());
    json.put("source", document.source());
    json.put("split", split);
    ObjectNode metadata = json.putObject("metadata");
    document.metadata().forEach(metadata::put);
    byte[] bytes = JSON.writeValueAsBytes(json);
    byte[] line = Arrays.copyOf(bytes, bytes.length + 1);
    line[bytes.length] = '\n';
    return line;
  }

  /** From then on the export exists. */
  public void seal(Export export, List<Part> parts) throws IOException {
    Snapshot snapshot = Snapshot.read(store, export.snapshotId());
    long expected = snapshot.trainDocuments() + snapshot.heldoutDocuments();
    long written = parts.stream().mapToLong(Part::documents).sum();
    if (written != expected) {
      throw new IllegalStateException(
          "counts do not balance: the snapshot keeps %d documents, %d were written"
              .formatted(expected, written));
    }
    List<Manifest.Entry> entries = new ArrayList<>();
    parts.forEach(part -> entries.add(Manifest.Entry.of(export.prefix(), part.object())));
    ObjectNode facts =
        CanonicalJson.object().put("snapshotId", export.snapshotId()).put("documents", written);
    new Manifest(Export.MANIFEST, entries, facts).commit(store, export.prefix());
  }
}
