package org.transnormer.cleaning.dedup;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.security.DigestInputStream;
import java.util.List;
import org.transnormer.artifacts.digest.Digests;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.CorruptArtifactException;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.StoredObject;
import org.transnormer.cleaning.sidecar.ClusterWriter;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.SidecarLayout;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/** Phase 3: joins edges to clusters, numbers them by their smallest dense id, writes sidecars. */
final class ClusterAssignment {
  private static final int ID = 16;
  private static final int EDGE = 2 * Long.BYTES;

  private final ObjectStore store;
  private final SidecarLayout layout;
  private final CorpusSidecars corpus;

  ClusterAssignment(ObjectStore store, SidecarLayout layout, CorpusSidecars corpus) {
    this.store = store;
    this.layout = layout;
    this.corpus = corpus;
  }

  ClusterSummary assign(List<Likeness> likenesses, int ranges) throws IOException {
    ClusterSummary summary = new ClusterSummary(0, 0, 0, 0);
    try (UnionFind sets = new UnionFind(corpus.documents())) {
      for (Likeness likeness : likenesses) {
        for (int range = 0; range < ranges; range++) {
          link(layout.edges(likeness, range), sets);
        }
        try (Clusters clusters = new Clusters(sets)) {
          clusters.findRepresentatives(corpus);
          write(likeness, clusters);
          summary =
              switch (likeness) {
                case EXACT ->
                    new ClusterSummary(
                        clusters.count,
                        clusters.documents,
                        summary.nearClusters(),
                        summary.nearDocuments());
                case NEAR ->
                    new ClusterSummary(
                        summary.exactClusters(),
                        summary.exactDocuments(),
                        clusters.count,
                        clusters.documents);
              };
        }
      }
    }
    return summary;
  }

  private void link(String prefix, UnionFind sets) throws IOException {
    Manifest manifest = Manifest.read(store, prefix, DuplicateSearch.EDGES_FORMAT);
    StoredObject object =
        manifest
            .object(DuplicateSearch.EDGES)
            .orElseThrow(() -> new CorruptArtifactException(prefix, "names no edges"))
            .at(prefix);
    var digest = Digests.newSha256();
    byte[] edge = new byte[EDGE];
    try (InputStream in =
        new BufferedInputStream(new DigestInputStream(store.open(object.key()), digest), 1 << 18)) {
      for (long at = 0; at < object.size(); at += EDGE) {
        if (in.readNBytes(edge, 0, EDGE) != EDGE) {
          throw new CorruptArtifactException(object.key(), "ends within an edge");
        }
        ByteBuffer ids = ByteBuffer.wrap(edge);
        long a = ids.getLong();
        long b = ids.getLong();
        if (a < 0 || b <= a || b >= sets.size()) {
          throw new CorruptArtifactException(object.key(), "no edge: " + a + " to " + b);
        }
        sets.link(a, b);
      }
      if (in.read() >= 0 || !Digests.hex(digest.digest()).equals(object.sha256())) {
        throw new CorruptArtifactException(object.key(), "SHA-256 differs from the manifest");
      }
    }
  }

  private void write(Likeness likeness, Clusters clusters) throws IOException {
    for (int shard = 0; shard < corpus.shards().size(); shard++) {
      var annotated = corpus.shards().get(shard);
      String prefix = layout.clusters(likeness, annotated.raw());
      try (ClusterWriter writer = ClusterWriter.create(store, prefix, annotated.documents())) {
        long offset = corpus.offset(shard);
        for (long ordinal = 0; ordinal < annotated.documents(); ordinal++) {
          clusters.write(offset + ordinal, writer);
        }
        writer.commit(clusters.count);
      }
    }
  }

  /** Clusters of two or more, off the heap: a number per root, size and representative each. */
  private static final class Clusters implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final UnionFind sets;

    /** At a root: number of its cluster, or ALONE. Elsewhere nothing. */
    private final MemorySegment numbers;

    private final MemorySegment sizes;
    private final MemorySegment representatives;
    private long count;
    private long documents;

    Clusters(UnionFind sets) {
      this.sets = sets;
      this.numbers = arena.allocate(Math.max(1, sets.size()) * Long.BYTES, Long.BYTES);
      countSizes();
      this.sizes = arena.allocate(Math.max(1, count) * Long.BYTES, Long.BYTES);
      this.representatives = arena.allocate(Math.max(1, count) * ID, Long.BYTES);
      representatives.fill((byte) -1);
      number();
    }

    private void countSizes() {
      for (long id = 0; id < sets.size(); id++) {
        long root = sets.root(id);
        long size = numbers.getAtIndex(JAVA_LONG, root) + 1;
        numbers.setAtIndex(JAVA_LONG, root, size);
        count += size == 2 ? 1 : 0;
        documents += size == 2 ? 2 : size > 2 ? 1 : 0;
      }
    }

    private void number() {
      long next = 0;
      for (long id = 0; id < sets.size(); id++) {
        long size = numbers.getAtIndex(JAVA_LONG, id);
        if (size > 1) {
          sizes.setAtIndex(JAVA_LONG, next, size);
        }
        numbers.setAtIndex(JAVA_LONG, id, size > 1 ? next++ : ClusterWriter.ALONE);
      }
    }

    void findRepresentatives(CorpusSidecars corpus) throws IOException {
      for (int shard = 0; shard < corpus.shards().size(); shard++) {
        byte[] ids = corpus.shard(shard).documentIds();
        MemorySegment segment = MemorySegment.ofArray(ids);
        for (int ordinal = 0; ordinal < ids.length / ID; ordinal++) {
          long cluster = numberOf(corpus.offset(shard) + ordinal);
          if (cluster != ClusterWriter.ALONE) {
            MemorySegment id = segment.asSlice((long) ordinal * ID, ID);
            MemorySegment smallest = representatives.asSlice(cluster * ID, ID);
            if (less(id, smallest)) {
              smallest.copyFrom(id);
            }
          }
        }
      }
    }

    private static boolean less(MemorySegment a, MemorySegment b) {
      long at = a.mismatch(b);
      return at >= 0 && (a.get(JAVA_BYTE, at) & 0xFF) < (b.get(JAVA_BYTE, at) & 0xFF);
    }

    private long numberOf(long id) {
      return numbers.getAtIndex(JAVA_LONG, sets.root(id));
    }

    void write(long id, ClusterWriter writer) throws IOException {
      long cluster = numberOf(id);
      if (cluster == ClusterWriter.ALONE) {
        writer.addAlone();
      } else {
        writer.add(
            cluster,
            (int) Math.min(Integer.MAX_VALUE, sizes.getAtIndex(JAVA_LONG, cluster)),
            representatives.asSlice(cluster * ID, ID).toArray(JAVA_BYTE));
      }
    }

    @Override
    public void close() {
      arena.close();
    }
  }
}
