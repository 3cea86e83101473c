package org.transnormer.artifacts.documents;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.artifacts.store.StoredObject;

/**
 * Writes one document shard. Its place in the store is its digest, so it grows in a scratch file
 * first and is copied at the end. Equal documents in equal order give equal bytes. Not thread-safe.
 *
 * <pre>{@code
 * try (var writer = DocumentShardWriter.create(store, scratch, ShardLimits.standard())) {
 *   for (Document document : documents) {
 *     writer.add(document);
 *   }
 *   ShardRef shard = writer.commit("corpora/" + corpusId + "/shards");
 * }
 * }</pre>
 */
public final class DocumentShardWriter implements AutoCloseable {
  private static final int COMPRESSION_LEVEL = 3;

  private final ObjectStore store;
  private final ShardLimits limits;
  private final Path file;
  private final OutputStream out;
  private final MessageDigest digest = Digests.newSha256();
  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final ByteArrayOutputStream frame = new ByteArrayOutputStream();
  private final List<FrameIndex.Frame> frames = new ArrayList<>();
  private final IdIndex.Builder ids = new IdIndex.Builder();
  private long documents;
  private long frameStart;
  private long bytes;
  private long textBytes;
  private boolean ended;

  private DocumentShardWriter(ObjectStore store, Path file, ShardLimits limits) throws IOException {
    this.store = store;
    this.limits = limits;
    this.file = file;
    this.out = Files.newOutputStream(file);
    zstd.setLevel(COMPRESSION_LEVEL);
    zstd.setChecksum(true);
    zstd.setContentSize(true);
  }

  /**
   * @param scratch local folder for the growing file
   */
  public static DocumentShardWriter create(ObjectStore store, Path scratch, ShardLimits limits)
      throws IOException {
    Files.createDirectories(scratch);
    return new DocumentShardWriter(store, Files.createTempFile(scratch, "shard-", ".part"), limits);
  }

  /**
   * Appends a document and returns its ordinal.
   *
   * @throws IllegalArgumentException when it is too large or not valid Unicode; the shard is
   *     unchanged
   */
  public long add(Document document) throws IOException {
    requireOpen();
    byte[] line = DocumentLines.encode(document);
    if (line.length > limits.documentBytes()) {
      throw new IllegalArgumentException(
          "document %s has %d bytes, at most %d are allowed"
              .formatted(document.id(), line.length, limits.documentBytes()));
    }
    if (documents == ShardLimits.MAX_DOCUMENTS) {
      throw new IllegalStateException("the shard has no ordinal left");
    }
    frame.write(line);
    ids.add(document.id());
    textBytes += DocumentLines.utf8Bytes(document.text());
    long ordinal = documents++;
    if (frame.size() >= limits.frameBytes()) {
      closeFrame();
    }
    return ordinal;
  }

  public long count() {
    return documents;
  }

  /** Whether the compressed size has reached its limit. Adding is still allowed. */
  public boolean full() {
    return bytes >= limits.shardBytes();
  }

  /**
   * Copies the shard to {@code prefixRoot/<sha256>/}, reads it back to compare digests, and writes
   * the manifest. A shard that is already there, whole, is left as it is.
   */
  public ShardRef commit(String prefixRoot) throws IOException {
    requireOpen();
    closeFrame();
    out.close();
    ended = true;
    String sha256 = Digests.hex(digest.digest());
    String prefix = ObjectKeys.join(prefixRoot, sha256);
    ShardRef shard = new ShardRef(prefix, sha256, documents, bytes, textBytes);
    if (!isCommitted(shard)) {
      write(shard);
    }
    return shard;
  }

  private boolean isCommitted(ShardRef shard) throws IOException {
    try {
      Manifest manifest = Manifest.read(store, shard.prefix(), ShardFormat.NAME);
      manifest.verify(store, shard.prefix());
      return ShardRef.of(shard.prefix(), manifest).equals(shard);
    } catch (NoSuchObjectException | CorruptArtifactException _) {
      return false;
    }
  }

  private void write(ShardRef shard) throws IOException {
    List<Manifest.Entry> entries = new ArrayList<>();
    try (ObjectWriter object =
        store.create(ObjectKeys.join(shard.prefix(), ShardFormat.DOCUMENTS))) {
      Files.copy(file, object);
      entries.add(Manifest.Entry.of(shard.prefix(), committed(object)));
    }
    FailPoints.hit("shard.afterDocuments");
    try (ObjectWriter object = store.create(ObjectKeys.join(shard.prefix(), ShardFormat.FRAMES))) {
      object.write(new FrameIndex(frames).bytes());
      entries.add(Manifest.Entry.of(shard.prefix(), committed(object)));
    }
    try (ObjectWriter object = store.create(ObjectKeys.join(shard.prefix(), ShardFormat.IDS))) {
      ids.writeTo(object);
      entries.add(Manifest.Entry.of(shard.prefix(), committed(object)));
    }
    var attributes = CanonicalJson.object().put("documents", documents).put("textBytes", textBytes);
    new Manifest(ShardFormat.NAME, entries, attributes).commit(store, shard.prefix());
  }

  /** Commits, then reads back what the store really holds. */
  private StoredObject committed(ObjectWriter object) throws IOException {
    StoredObject stored = object.commit();
    try (InputStream in = store.open(stored.key())) {
      String sha256 = Digests.sha256(in);
      if (!sha256.equals(stored.sha256())) {
        throw new CorruptArtifactException(
            stored.key(),
            "read back with SHA-256 %s, written %s".formatted(sha256, stored.sha256()));
      }
    }
    return stored;
  }

  private void closeFrame() throws IOException {
    if (frame.size() == 0) {
      return;
    }
    byte[] compressed = zstd.compress(frame.toByteArray());
    out.write(compressed);
    digest.update(compressed);
    frames.add(
        new FrameIndex.Frame(
            bytes,
            compressed.length,
            frame.size(),
            Math.toIntExact(frameStart),
            Math.toIntExact(documents - frameStart),
            Digests.sha256(compressed)));
    bytes += compressed.length;
    frameStart = documents;
    frame.reset();
  }

  private void requireOpen() {
    if (ended) {
      throw new IllegalStateException("the shard is committed or closed");
    }
  }

  /** Removes the scratch file; without a commit nothing is left. */
  @Override
  public void close() throws IOException {
    ended = true;
    zstd.close();
    try {
      out.close();
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
