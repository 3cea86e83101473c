package org.transnormer.cleaning.dedup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.transnormer.artifacts.manifest.CanonicalJson;
import org.transnormer.artifacts.manifest.Manifest;
import org.transnormer.artifacts.store.ObjectStore;
import org.transnormer.artifacts.store.ObjectWriter;
import org.transnormer.cleaning.recipe.DuplicateSpec;
import org.transnormer.cleaning.sidecar.CorpusSidecars;
import org.transnormer.cleaning.sidecar.SidecarLayout;
import org.transnormer.cleaning.sidecar.SidecarLayout.Likeness;

/**
 * Phases 2 and 3 of the search for duplicates, over every document whatever the rules say of it.
 * Phase 2 merges one range of keys of all shards into edges between documents that share a key;
 * phase 3 joins the edges to clusters. Memory is bounded by the budget, but for 16 bytes a document
 * off the heap in phase 3.
 */
public final class DuplicateSearch {
  static final String EDGES = "edges.bin";
  static final String EDGES_FORMAT = "tnl/cleaning-edges/1";

  private static final long DOCUMENTS_PER_RANGE = 1L << 20;
  private static final int LEAST_BUFFER = 1 << 12;

  private final ObjectStore store;
  private final SidecarLayout layout;
  private final DuplicateSpec spec;
  private final Path scratch;
  private final long budget;

  /**
   * @param budget bytes of heap for buffers and sorting
   */
  public DuplicateSearch(
      ObjectStore store, SidecarLayout layout, DuplicateSpec spec, Path scratch, long budget) {
    this.store = store;
    this.layout = layout;
    this.spec = spec;
    this.scratch = scratch;
    this.budget = budget;
  }

  /** Into how many ranges the keys of so many documents are cut: a power of two, at most 64. */
  public static int ranges(long documents) {
    int ranges = 1;
    while (ranges < RunIndex.SECTIONS && documents / ranges > DOCUMENTS_PER_RANGE) {
      ranges *= 2;
    }
    return ranges;
  }

  /** What the recipe asks for, in the order in which it has to be assigned. */
  public List<Likeness> likenesses() {
    List<Likeness> wanted = new ArrayList<>();
    if (spec.exact()) {
      wanted.add(Likeness.EXACT);
    }
    if (spec.near()) {
      wanted.add(Likeness.NEAR);
    }
    return wanted;
  }

  /**
   * Phase 2 for one range. Writes each edge once, sorted, from the smallest id with the key to
   * every other, and returns how many there are. Done before, it is done again with the same
   * result.
   *
   * @param range from 0 to {@code ranges} - 1
   */
  public long merge(Likeness likeness, int range, int ranges, CorpusSidecars corpus)
      throws IOException {
    if (range < 0 || range >= ranges || RunIndex.SECTIONS % ranges != 0) {
      throw new IllegalArgumentException("no range " + range + " of " + ranges);
    }
    RunFormat format = RunFormat.of(likeness, spec);
    List<RunReader> runs = new ArrayList<>();
    for (var shard : corpus.shards()) {
      runs.add(RunReader.open(store, layout.runs(shard.raw()), format));
    }
    int sections = RunIndex.SECTIONS / ranges;
    int buffer = (int) Math.clamp(budget / 2 / Math.max(1, runs.size()), LEAST_BUFFER, 1 << 20);
    try (ExternalSorter edges = new ExternalSorter(scratch, 2 * Long.BYTES, budget / 2)) {
      for (int band = 0; band < format.bands(); band++) {
        List<RecordSource> sources = new ArrayList<>();
        for (RunReader run : runs) {
          sources.add(run.records(band, range * sections, (range + 1) * sections, buffer));
        }
        new Stars(format, corpus, edges).collect(sources);
      }
      return write(layout.edges(likeness, range), edges);
    }
  }

  /** Among records of equal key, the first is the centre of a star. */
  private static final class Stars {
    private final RunFormat format;
    private final CorpusSidecars corpus;
    private final ExternalSorter edges;
    private final byte[] key;
    private final ByteBuffer edge = ByteBuffer.allocate(2 * Long.BYTES);
    private long centre = -1;

    Stars(RunFormat format, CorpusSidecars corpus, ExternalSorter edges) {
      this.format = format;
      this.corpus = corpus;
      this.edges = edges;
      this.key = new byte[format.keyBytes()];
    }

    void collect(List<RecordSource> sources) throws IOException {
      centre = -1;
      new RecordMerge(sources, format.keyBytes())
          .drain((source, bytes, offset) -> {
            long id =
                corpus.offset(source)
                    + (ByteBuffer.wrap(bytes).getInt(offset + format.keyBytes()) & 0xFFFF_FFFFL);
            if (centre >= 0 && RecordSort.compare(bytes, offset, key, 0, key.length) == 0) {
              edges.add(edge.clear().putLong(centre).putLong(id).array());
            } else {
              System.arraycopy(bytes, offset, key, 0, key.length);
              centre = id;
            }
          });
    }
  }

  private long write(String prefix, ExternalSorter edges) throws IOException {
    long[] count = {0};
    Manifest.Entry entry;
    try (ObjectWriter object = store.create(prefix + "/" + EDGES)) {
      OutputStream out = new BufferedOutputStream(object, 1 << 16);
      byte[] last = new byte[2 * Long.BYTES];
      Arrays.fill(last, (byte) -1);
      edges.drain((bytes, offset) -> {
        if (RecordSort.compare(bytes, offset, last, 0, last.length) != 0) {
          out.write(bytes, offset, last.length);
          System.arraycopy(bytes, offset, last, 0, last.length);
          count[0]++;
        }
      });
      out.flush();
      entry = Manifest.Entry.of(prefix, object.commit());
    }
    new Manifest(EDGES_FORMAT, List.of(entry), CanonicalJson.object().put("edges", count[0]))
        .commit(store, prefix);
    return count[0];
  }

  /** Phase 3: clusters of one likeness; those of near duplicates take in the exact ones. */
  public ClusterSummary assign(int ranges, CorpusSidecars corpus) throws IOException {
    return new ClusterAssignment(store, layout, corpus).assign(likenesses(), ranges);
  }
}
