package org.transnormer.cleaning.runs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.documents.SnapshotShard;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.cleaning.decide.ShardDecision;
import org.transnormer.cleaning.sidecar.AnnotatedShard;

/**
 * What a decision keeps of each shard, so that the partitions of later stages read two bitmaps
 * instead of deciding anew. One object per shard and split, and a manifest over all.
 */
public final class DecidedShards {

  public static final String FORMAT = "tnl/cleaning-decision/1";
  private static final int MOST_BYTES = 64 << 20;

  private final ObjectStore store;
  private final String prefix;
  private final Manifest manifest;

  private DecidedShards(ObjectStore store, String prefix, Manifest manifest) {
    this.store = store;
    this.prefix = prefix;
    this.manifest = manifest;
  }

  /** The decision under the prefix, if it was committed. */
  public static Optional<DecidedShards> find(ObjectStore store, String prefix) throws IOException {
    try {
      return Optional.of(open(store, prefix));
    } catch (NoSuchObjectException _) {
      return Optional.empty();
    }
  }

  public static DecidedShards open(ObjectStore store, String prefix) throws IOException {
    return new DecidedShards(store, prefix, Manifest.read(store, prefix, FORMAT));
  }

  /** Digest of what was decided; equal decisions on equal shards have equal digests. */
  public String digest() {
    return manifest.digest();
  }

  public SnapshotShard shard(AnnotatedShard shard) throws IOException {
    return new SnapshotShard(
        shard.text(), bitmap(name(shard, "train")), bitmap(name(shard, "heldout")));
  }

  private RoaringBitmap bitmap(String name) throws IOException {
    String key = prefix + "/" + name;
    Manifest.Entry entry =
        manifest
            .object(name)
            .orElseThrow(() -> new CorruptArtifactException(prefix, "names no " + name));
    byte[] bytes = store.readAll(key, MOST_BYTES);
    if (!Digests.sha256(bytes).equals(entry.sha256())) {
      throw new CorruptArtifactException(key, "SHA-256 differs from the manifest");
    }
    RoaringBitmap bitmap = new RoaringBitmap();
    bitmap.deserialize(ByteBuffer.wrap(bytes));
    return bitmap;
  }

  private static String name(AnnotatedShard shard, String split) {
    return shard.raw().sha256() + "." + split + ".roaring";
  }

  /** Writes the decision, shard by shard. */
  public static final class Writer {
    private final ObjectStore store;
    private final String prefix;
    private final List<Manifest.Entry> entries = new ArrayList<>();

    public Writer(ObjectStore store, String prefix) {
      this.store = store;
      this.prefix = prefix;
    }

    public void add(AnnotatedShard shard, ShardDecision decision) throws IOException {
      put(name(shard, "train"), decision.train());
      put(name(shard, "heldout"), decision.heldOut());
    }

    private void put(String name, RoaringBitmap bitmap) throws IOException {
      RoaringBitmap packed = bitmap.clone();
      packed.runOptimize();
      ByteBuffer bytes = ByteBuffer.allocate(packed.serializedSizeInBytes());
      packed.serialize(bytes);
      entries.add(Manifest.Entry.of(prefix, store.put(prefix + "/" + name, bytes.array())));
    }

    public DecidedShards commit() throws IOException {
      Manifest manifest = new Manifest(FORMAT, entries, CanonicalJson.object());
      manifest.commit(store, prefix);
      return new DecidedShards(store, prefix, manifest);
    }
  }
}
