package org.transnormer.cleaning.dedup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Disjoint sets over dense ids, eight bytes each and off the heap. A root is always the smallest id
 * of its set, so the sets and their roots do not depend on the order of the links. Paths are halved
 * on the way (Tarjan and van Leeuwen 1984). Not thread-safe.
 */
final class UnionFind implements AutoCloseable {
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment parents;
  private final long size;

  UnionFind(long size) {
    this.size = size;
    this.parents = arena.allocate(Math.max(1, size) * Long.BYTES, Long.BYTES);
    for (long id = 0; id < size; id++) {
      set(id, id);
    }
  }

  long size() {
    return size;
  }

  private long get(long id) {
    return parents.getAtIndex(ValueLayout.JAVA_LONG, id);
  }

  private void set(long id, long parent) {
    parents.setAtIndex(ValueLayout.JAVA_LONG, id, parent);
  }

  /** The smallest id in the id's set. */
  long root(long id) {
    long at = id;
    long parent = get(at);
    while (parent != at) {
      long grandparent = get(parent);
      set(at, grandparent);
      at = grandparent;
      parent = get(at);
    }
    return at;
  }

  void link(long a, long b) {
    long left = root(a);
    long right = root(b);
    if (left < right) {
      set(right, left);
    } else if (right < left) {
      set(left, right);
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
