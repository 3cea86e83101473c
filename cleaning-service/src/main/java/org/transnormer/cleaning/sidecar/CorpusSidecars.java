package org.transnormer.cleaning.sidecar;

import java.util.List;
import org.transnormer.artifacts.store.ObjectStore;

/**
 * The sidecars of every shard of a cleaning run. A document's dense id is its shard's offset plus
 * its ordinal; the order of the shards is the caller's and must not change during a run.
 */
public final class CorpusSidecars implements AutoCloseable {
  private final ObjectStore store;
  private final SidecarLayout layout;
  private final List<AnnotatedShard> shards;
  private final long[] offsets;

  private CorpusSidecars(ObjectStore store, SidecarLayout layout, List<AnnotatedShard> shards) {
    this.store = store;
    this.layout = layout;
    this.shards = List.copyOf(shards);
    this.offsets = new long[shards.size() + 1];
    for (int i = 0; i < shards.size(); i++) {
      offsets[i + 1] = offsets[i] + shards.get(i).documents();
    }
  }

  public static CorpusSidecars open(
      ObjectStore store, SidecarLayout layout, List<AnnotatedShard> shards) {
    return new CorpusSidecars(store, layout, shards);
  }

  public List<AnnotatedShard> shards() {
    return shards;
  }

  public ShardSidecars shard(int index) {
    return new ShardSidecars(store, layout, shards.get(index));
  }

  /** Documents in all shards. */
  public long documents() {
    return offsets[shards.size()];
  }

  /** Dense id of the shard's first document. */
  public long offset(int index) {
    return offsets[index];
  }

  /** Holds nothing open between calls; whoever opens it closes it all the same. */
  @Override
  public void close() {}
}
