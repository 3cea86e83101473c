package org.transnormer.artifacts.documents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectKeys;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A list of shards with the ordinals kept of each, by split: what a recipe made of a corpus. Its id
 * is the Merkle root over recipe hash and (shard digest, bitmaps) of every shard, so whoever has
 * the id can check everything else. Lies at {@code snapshots/<id>/}: {@code snapshot.json}, two
 * bitmaps a shard in the portable Roaring format, {@code manifest.json}.
 *
 * <p>Shards are ordered by digest. Attributes (corpus, cleaning run, counts) are not part of the
 * id.
 */
public final class Snapshot {
  public static final String ROOT = "snapshots";
  static final String FORMAT = "tnl/snapshot/1";
  private static final String DESCRIPTION = "snapshot.json";
  private static final int MAX_DESCRIPTION_BYTES = 256 << 20;
  private static final int MAX_BITMAP_BYTES = 64 << 20;

  private final String recipeHash;
  private final List<SnapshotShard> shards;
  private final ObjectNode attributes;
  private final List<byte[]> bitmaps;
  private final String id;

  private Snapshot(String recipeHash, List<SnapshotShard> shards, ObjectNode attributes) {
    this.recipeHash = Digests.requireSha256(recipeHash);
    this.shards =
        shards.stream()
            .map(each ->
                new SnapshotShard(each.shard(), canonical(each.train()), canonical(each.heldout())))
            .sorted(Comparator.comparing((SnapshotShard each) -> each.shard().sha256()))
            .toList();
    requireDistinct(this.shards);
    this.attributes = attributes.deepCopy();
    this.bitmaps = new ArrayList<>(2 * shards.size());
    for (SnapshotShard shard : this.shards) {
      bitmaps.add(bytes(shard.train()));
      bitmaps.add(bytes(shard.heldout()));
    }
    this.id = merkleRoot();
  }

  /**
   * A snapshot that is not yet stored.
   *
   * @param attributes facts for the reader; not part of the id
   */
  public static Snapshot of(String recipeHash, List<SnapshotShard> shards, ObjectNode attributes) {
    return new Snapshot(recipeHash, shards, attributes);
  }

  public String id() {
    return id;
  }

  public String recipeHash() {
    return recipeHash;
  }

  /** In order of their digests. */
  public List<SnapshotShard> shards() {
    return shards;
  }

  public ObjectNode attributes() {
    return attributes.deepCopy();
  }

  public SnapshotRef ref() {
    return new SnapshotRef(id, prefix(id));
  }

  public long trainDocuments() {
    return shards.stream().mapToLong(shard -> shard.train().getLongCardinality()).sum();
  }

  public long heldoutDocuments() {
    return shards.stream().mapToLong(shard -> shard.heldout().getLongCardinality()).sum();
  }

  public static String prefix(String id) {
    return ROOT + "/" + Digests.requireSha256(id);
  }

  /** Stores the snapshot. One with the same id that is already there, whole, is left as it is. */
  public SnapshotRef commit(ObjectStore store) throws IOException {
    if (!isCommitted(store)) {
      write(store);
    }
    return ref();
  }

  private boolean isCommitted(ObjectStore store) throws IOException {
    try {
      read(store, id);
      return true;
    } catch (NoSuchObjectException | CorruptArtifactException _) {
      return false;
    }
  }

  private void write(ObjectStore store) throws IOException {
    String prefix = prefix(id);
    List<Manifest.Entry> entries = new ArrayList<>();
    for (int i = 0; i < bitmaps.size(); i++) {
      String name = bitmapName(shards.get(i / 2).shard(), i % 2 == 0);
      entries.add(put(store, prefix, name, bitmaps.get(i)));
    }
    entries.add(put(store, prefix, DESCRIPTION, CanonicalJson.bytes(description())));
    ObjectNode facts =
        CanonicalJson.object()
            .put("id", id)
            .put("recipeHash", recipeHash)
            .put("shards", shards.size())
            .put("trainDocuments", trainDocuments())
            .put("heldoutDocuments", heldoutDocuments());
    new Manifest(FORMAT, entries, facts).commit(store, prefix);
  }

  private static Manifest.Entry put(ObjectStore store, String prefix, String name, byte[] bytes)
      throws IOException {
    try (ObjectWriter out = store.create(ObjectKeys.join(prefix, name))) {
      out.write(bytes);
      return Manifest.Entry.of(prefix, out.commit());
    }
  }

  private ObjectNode description() {
    ObjectNode json = CanonicalJson.object().put("format", FORMAT).put("recipeHash", recipeHash);
    json.set("attributes", attributes);
    ArrayNode list = json.putArray("shards");
    for (SnapshotShard each : shards) {
      list.add(CanonicalJson.tree(each.shard()));
    }
    return json;
  }

  /**
   * Reads a snapshot and checks that its content has the id.
   *
   * @throws NoSuchObjectException when there is none
   * @throws CorruptArtifactException when it is damaged, naming the object
   */
  public static Snapshot read(ObjectStore store, String id) throws IOException {
    String prefix = prefix(id);
    Manifest manifest = Manifest.read(store, prefix, FORMAT);
    Map<String, Manifest.Entry> entries = new HashMap<>();
    manifest.objects().forEach(entry -> entries.put(entry.name(), entry));
    String key = ObjectKeys.join(prefix, DESCRIPTION);
    try {
      JsonNode json =
          CanonicalJson.parse(verified(store, prefix, entries, DESCRIPTION, MAX_DESCRIPTION_BYTES));
      List<SnapshotShard> shards = new ArrayList<>();
      for (JsonNode each : json.required("shards").asArray()) {
        ShardRef shard = shard(each);
        shards.add(
            new SnapshotShard(
                shard,
                bitmap(store, prefix, entries, bitmapName(shard, true)),
                bitmap(store, prefix, entries, bitmapName(shard, false))));
      }
      Snapshot snapshot =
          new Snapshot(
              json.required("recipeHash").asString(),
              shards,
              json.required("attributes").asObject());
      if (!snapshot.id.equals(id)) {
        throw new CorruptArtifactException(key, "its content has the id " + snapshot.id);
      }
      return snapshot;
    } catch (JacksonException | IllegalArgumentException e) {
      throw new CorruptArtifactException(key, "not a snapshot: " + e.getMessage(), e);
    }
  }

  private static ShardRef shard(JsonNode json) {
    return new ShardRef(
        json.required("prefix").asString(),
        json.required("sha256").asString(),
        json.required("documents").longValue(),
        json.required("bytes").longValue(),
        json.required("textBytes").longValue());
  }

  private static byte[] verified(
      ObjectStore store, String prefix, Map<String, Manifest.Entry> entries, String name, int limit)
      throws IOException {
    Manifest.Entry entry = entries.get(name);
    if (entry == null) {
      throw new CorruptArtifactException(
          ObjectKeys.join(prefix, Manifest.NAME), "names no " + name);
    }
    String key = ObjectKeys.join(prefix, name);
    byte[] bytes = store.readAll(key, limit);
    if (!Digests.sha256(bytes).equals(entry.sha256())) {
      throw new CorruptArtifactException(key, "SHA-256 differs from the manifest");
    }
    return bytes;
  }

  private static RoaringBitmap bitmap(
      ObjectStore store, String prefix, Map<String, Manifest.Entry> entries, String name)
      throws IOException {
    byte[] bytes = verified(store, prefix, entries, name, MAX_BITMAP_BYTES);
    try {
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.deserialize(ByteBuffer.wrap(bytes));
      return bitmap;
    } catch (IOException | RuntimeException e) {
      throw new CorruptArtifactException(ObjectKeys.join(prefix, name), "not a bitmap", e);
    }
  }

  private static String bitmapName(ShardRef shard, boolean train) {
    return shard.sha256() + (train ? ".train" : ".heldout") + ".roaring";
  }

  private static void requireDistinct(List<SnapshotShard> shards) {
    Set<String> digests = new HashSet<>();
    for (SnapshotShard each : shards) {
      if (!digests.add(each.shard().sha256())) {
        throw new IllegalArgumentException("shard " + each.shard().sha256() + " appears twice");
      }
    }
  }

  /** Equal sets have equal containers, however they were built. */
  private static RoaringBitmap canonical(RoaringBitmap bitmap) {
    RoaringBitmap copy = new RoaringBitmap();
    bitmap.forEach((int ordinal) -> copy.add(ordinal));
    copy.runOptimize();
    return copy;
  }

  private static byte[] bytes(RoaringBitmap bitmap) {
    ByteBuffer bytes = ByteBuffer.allocate(bitmap.serializedSizeInBytes());
    bitmap.serialize(bytes);
    return bytes.array();
  }

  private String merkleRoot() {
    List<byte[]> leaves = new ArrayList<>();
    leaves.add(MerkleTree.leaf(Digests.bytes(recipeHash)));
    for (int i = 0; i < shards.size(); i++) {
      leaves.add(
          MerkleTree.leaf(
              Digests.bytes(shards.get(i).shard().sha256()),
              Digests.newSha256().digest(bitmaps.get(2 * i)),
              Digests.newSha256().digest(bitmaps.get(2 * i + 1))));
    }
    return Digests.hex(MerkleTree.root(leaves));
  }
}
