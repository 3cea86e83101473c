package org.transnormer.cleaning.decide;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The best document of every cluster, 32 bytes a cluster off the heap: the one of the highest rank,
 * of those the one with the smallest id, of those the first. Thread-safe once filled.
 */
final class Survivors implements AutoCloseable {
  private static final int WORDS = 4;
  private static final long NOBODY = -1;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment entries;

  Survivors(long clusters) {
    entries = arena.allocate(Math.max(1, clusters) * WORDS * Long.BYTES, Long.BYTES);
    for (long cluster = 0; cluster < clusters; cluster++) {
      set(cluster, 0, Long.MIN_VALUE);
      set(cluster, 3, NOBODY);
    }
  }

  private long get(long cluster, int word) {
    return entries.getAtIndex(JAVA_LONG, cluster * WORDS + word);
  }

  private void set(long cluster, int word, long value) {
    entries.setAtIndex(JAVA_LONG, cluster * WORDS + word, value);
  }

  /**
   * @param ids document ids of a shard, 16 bytes each
   * @param dense of the document, rising from call to call
   */
  void offer(long cluster, long rank, byte[] ids, int ordinal, long dense) {
    ByteBuffer id = ByteBuffer.wrap(ids);
    long high = id.getLong(ordinal * 16);
    long low = id.getLong(ordinal * 16 + Long.BYTES);
    if (better(cluster, rank, high, low)) {
      set(cluster, 0, rank);
      set(cluster, 1, high);
      set(cluster, 2, low);
      set(cluster, 3, dense);
    }
  }

  private boolean better(long cluster, long rank, long high, long low) {
    if (get(cluster, 3) == NOBODY || rank != get(cluster, 0)) {
      return rank > get(cluster, 0);
    }
    int order = Long.compareUnsigned(high, get(cluster, 1));
    return order < 0 || order == 0 && Long.compareUnsigned(low, get(cluster, 2)) < 0;
  }

  /** Dense id of the cluster's best document. */
  long of(long cluster) {
    return get(cluster, 3);
  }

  @Override
  public void close() {
    arena.close();
  }
}
