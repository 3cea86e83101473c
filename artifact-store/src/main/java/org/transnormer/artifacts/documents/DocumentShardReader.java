package org.transnormer.artifacts.documents;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;

/**
 * Reads a committed document shard, whole or by ordinal or id. Every frame is checked against the
 * digest that the manifest vouches for; sizes are bounded before memory is taken. Damage is a
 * {@link CorruptArtifactException} that names the object. Thread-safe.
 */
public final class DocumentShardReader implements AutoCloseable {
  private final ObjectStore store;
  private final ShardRef shard;
  private final Manifest manifest;
  private final FrameIndex frames;
  private final String documentsKey;
  private @Nullable IdIndex ids;
  private @Nullable DecodedFrame last;

  private record DecodedFrame(int number, List<Document> documents) {}

  private DocumentShardReader(
      ObjectStore store, ShardRef shard, Manifest manifest, FrameIndex frames) {
    this.store = store;
    this.shard = shard;
    this.manifest = manifest;
    this.frames = frames;
    this.documentsKey = ObjectKeys.join(shard.prefix(), ShardFormat.DOCUMENTS);
  }

  public static DocumentShardReader open(ObjectStore store, String prefix) throws IOException {
    String folder = ObjectKeys.folder(prefix);
    Manifest manifest = Manifest.read(store, folder, ShardFormat.NAME);
    ShardRef shard = ShardRef.of(folder, manifest);
    return new DocumentShardReader(store, shard, manifest, frames(store, shard, manifest));
  }

  /** Opens the shard and refuses it if it is not the one referred to. */
  public static DocumentShardReader open(ObjectStore store, ShardRef shard) throws IOException {
    DocumentShardReader reader = open(store, shard.prefix());
    if (!reader.shard.equals(shard)) {
      throw new CorruptArtifactException(
          ObjectKeys.join(shard.prefix(), Manifest.NAME),
          "is " + reader.shard + ", expected " + shard);
    }
    return reader;
  }

  private static FrameIndex frames(ObjectStore store, ShardRef shard, Manifest manifest)
      throws IOException {
    StoredObject object = object(shard, manifest, ShardFormat.FRAMES);
    byte[] bytes = store.readAll(object.key(), FrameIndex.MAX_BYTES);
    if (!Digests.sha256(bytes).equals(object.sha256())) {
      throw new CorruptArtifactException(object.key(), "SHA-256 differs from the manifest");
    }
    return FrameIndex.parse(bytes, object.key(), shard);
  }

  private static StoredObject object(ShardRef shard, Manifest manifest, String name)
      throws CorruptArtifactException {
    return manifest
        .object(name)
        .orElseThrow(() ->
            new CorruptArtifactException(
                ObjectKeys.join(shard.prefix(), Manifest.NAME), "names no " + name))
        .at(shard.prefix());
  }

  public ShardRef shard() {
    return shard;
  }

  public long count() {
    return shard.documents();
  }

  /** All documents in order; see {@link #documents(long)}. */
  public Stream<IndexedDocument> documents() {
    return documents(0);
  }

  /**
   * The documents from an ordinal on, one frame in memory at a time. Trouble while reading is an
   * {@link UncheckedIOException} around a {@link CorruptArtifactException} or another cause.
   */
  public Stream<IndexedDocument> documents(long fromOrdinal) {
    if (fromOrdinal < 0 || fromOrdinal > count()) {
      throw new IndexOutOfBoundsException("no document " + fromOrdinal + " of " + count());
    }
    if (fromOrdinal == count()) {
      return Stream.empty();
    }
    return IntStream.range(frames.frameOf(fromOrdinal), frames.frames().size())
        .boxed()
        .flatMap(this::indexed)
        .filter(document -> document.ordinal() >= fromOrdinal);
  }

  private Stream<IndexedDocument> indexed(int number) {
    long first = frames.frames().get(number).firstOrdinal();
    try {
      List<Document> documents = decode(number);
      return IntStream.range(0, documents.size())
          .mapToObj(i -> new IndexedDocument(first + i, documents.get(i)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws IndexOutOfBoundsException when the shard has no such ordinal
   */
  public Document read(long ordinal) throws IOException {
    if (ordinal < 0 || ordinal >= count()) {
      throw new IndexOutOfBoundsException("no document " + ordinal + " of " + count());
    }
    int number = frames.frameOf(ordinal);
    long first = frames.frames().get(number).firstOrdinal();
    return cached(number).get(Math.toIntExact(ordinal - first));
  }

  /** Ordinal of the first document with the id, if the shard has one. */
  public OptionalLong find(String documentId) throws IOException {
    return ids().find(Document.requireId(documentId));
  }

  /** Reads every object of the shard against the manifest. */
  public void verify() throws IOException {
    manifest.verify(store, shard.prefix());
  }

  private synchronized IdIndex ids() throws IOException {
    IdIndex index = ids;
    if (index == null) {
      index = IdIndex.open(store, object(shard, manifest, ShardFormat.IDS), count());
      ids = index;
    }
    return index;
  }

  /** Keeps the last frame, because neighbours are often read one after the other. */
  private synchronized List<Document> cached(int number) throws IOException {
    DecodedFrame frame = last;
    if (frame == null || frame.number != number) {
      frame = new DecodedFrame(number, decode(number));
      last = frame;
    }
    return frame.documents;
  }

  private List<Document> decode(int number) throws IOException {
    FrameIndex.Frame frame = frames.frames().get(number);
    byte[] lines = decompress(frame);
    List<Document> documents = new ArrayList<>();
    int start = 0;
    try {
      for (int i = 0; i < lines.length; i++) {
        if (lines[i] == '\n') {
          documents.add(DocumentLines.decode(lines, start, i - start));
          start = i + 1;
        }
      }
    } catch (IllegalArgumentException e) {
      throw corrupt(frame, e.getMessage(), e);
    }
    if (start != lines.length || documents.size() != frame.documents()) {
      throw corrupt(frame, "holds " + documents.size() + " documents", null);
    }
    return documents;
  }

  private byte[] decompress(FrameIndex.Frame frame) throws IOException {
    byte[] compressed;
    try (InputStream in = store.open(documentsKey, frame.offset(), frame.compressed())) {
      compressed = in.readNBytes(frame.compressed());
    }
    if (!Digests.sha256(compressed).equals(frame.sha256())) {
      throw corrupt(frame, "SHA-256 differs from the index", null);
    }
    try {
      if (Zstd.getFrameContentSize(compressed) != frame.uncompressed()) {
        throw corrupt(frame, "uncompressed size differs from the index", null);
      }
      return Zstd.decompress(compressed, frame.uncompressed());
    } catch (ZstdException e) {
      throw corrupt(frame, e.getMessage(), e);
    }
  }

  private CorruptArtifactException corrupt(
      FrameIndex.Frame frame, @Nullable String reason, @Nullable Throwable cause) {
    return new CorruptArtifactException(
        documentsKey, "frame at offset %d: %s".formatted(frame.offset(), reason), cause);
  }

  @Override
  public void close() {
    synchronized (this) {
      last = null;
    }
  }
}
