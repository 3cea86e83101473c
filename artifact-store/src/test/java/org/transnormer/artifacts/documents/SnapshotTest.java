package org.transnormer.artifacts.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.NoSuchObjectException;
import org.transnormer.artifacts.store.ObjectInfo;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoreConfig;

class SnapshotTest {
  private static final String RECIPE = Digests.sha256("recipe");

  @TempDir Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() throws IOException {
    store = ObjectStore.open(StoreConfig.local(folder));
  }

  @Test
  void readsBackWhatWasCommitted() throws IOException {
    Snapshot snapshot = snapshot(shard("a", 1, 2, 3), shard("b", 5));

    SnapshotRef ref = snapshot.commit(store);

    assertThat(ref).isEqualTo(new SnapshotRef(snapshot.id(), "snapshots/" + snapshot.id()));
    Snapshot read = Snapshot.read(store, ref.id());
    assertThat(read.shards()).isEqualTo(snapshot.shards());
    assertThat(read.recipeHash()).isEqualTo(RECIPE);
    assertThat(read.attributes().get("corpusId").asString()).isEqualTo("c1");
    assertThat(read.trainDocuments()).isEqualTo(4);
    assertThat(read.heldoutDocuments()).isEqualTo(2);
  }

  @Test
  void theIdDependsOnWhatIsKeptAndOnNothingElse() {
    String id = snapshot(shard("a", 1, 2), shard("b", 5)).id();

    assertThat(snapshot(shard("b", 5), shard("a", 2, 1)).id()).isEqualTo(id);
    assertThat(snapshot(shard("a", 1, 3), shard("b", 5)).id()).isNotEqualTo(id);
    assertThat(snapshot(shard("a", 1, 2)).id()).isNotEqualTo(id);
    assertThat(
            Snapshot.of(
                    Digests.sha256("other"),
                    snapshot(shard("a", 1)).shards(),
                    CanonicalJson.object())
                .id())
        .isNotEqualTo(snapshot(shard("a", 1)).id());
  }

  @Test
  void theIdIsTheSameHoweverTheBitmapWasBuilt() {
    RoaringBitmap range = new RoaringBitmap();
    range.add(0L, 90_000L);
    RoaringBitmap single = new RoaringBitmap();
    for (int i = 89_999; i >= 0; i--) {
      single.add(i);
    }

    assertThat(snapshot(new SnapshotShard(ref("a"), range, new RoaringBitmap())).id())
        .isEqualTo(snapshot(new SnapshotShard(ref("a"), single, new RoaringBitmap())).id());
  }

  @Test
  void refusesADocumentInBothSplitsOrOutsideTheShard() {
    RoaringBitmap three = RoaringBitmap.bitmapOf(3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new SnapshotShard(ref("a"), three, three));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new SnapshotShard(ref("a"), RoaringBitmap.bitmapOf(100_000), new RoaringBitmap()));
    assertThatIllegalArgumentException().isThrownBy(() -> snapshot(shard("a", 1), shard("a", 2)));
  }

  @Test
  void namesTheDamagedObject() throws IOException {
    Snapshot snapshot = snapshot(shard("a", 1, 2, 3), shard("b", 5));
    SnapshotRef ref = snapshot.commit(store);

    for (ObjectInfo object : store.list(ref.prefix())) {
      Path file = folder.resolve(object.key());
      byte[] whole = Files.readAllBytes(file);
      byte[] damaged = whole.clone();
      damaged[whole.length / 2] ^= 1;
      Files.write(file, damaged);
      assertThatExceptionOfType(CorruptArtifactException.class)
          .isThrownBy(() -> Snapshot.read(store, ref.id()))
          // A digest changed within the manifest shows at the object it speaks of.
          .matches(e -> e.key().equals(object.key()) || object.key().endsWith("/manifest.json"));
      Files.write(file, whole);
    }
    assertThatExceptionOfType(NoSuchObjectException.class)
        .isThrownBy(() -> Snapshot.read(store, Digests.sha256("unknown")));
  }

  private static Snapshot snapshot(SnapshotShard... shards) {
    return Snapshot.of(RECIPE, List.of(shards), CanonicalJson.object().put("corpusId", "c1"));
  }

  private static SnapshotShard shard(String name, int... train) {
    return new SnapshotShard(ref(name), RoaringBitmap.bitmapOf(train), RoaringBitmap.bitmapOf(77));
  }

  private static ShardRef ref(String name) {
    String sha256 = Digests.sha256(name);
    return new ShardRef("corpora/c1/shards/" + sha256, sha256, 100_000, 4_000, 9_000);
  }
}
