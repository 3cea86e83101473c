package org.transnormer.cleaning.text;

import java.util.Arrays;

/** A set of 64-bit keys that are hashes already; see {@link LongCounts}. Not thread-safe. */
public final class LongSet {
  private long[] keys = new long[64];
  private int mask = 63;

  /** 0 marks a free slot, so the key 0 is kept apart. */
  private boolean zero;

  /** Forgets every key and makes room for {@code expected} of them. */
  public void reset(int expected) {
    int capacity = capacity(expected);
    if (capacity > keys.length) {
      keys = new long[capacity];
    } else {
      Arrays.fill(keys, 0, capacity, 0);
    }
    mask = capacity - 1;
    zero = false;
  }

  /** A power of two that is at most two thirds full. */
  static int capacity(int expected) {
    int capacity = Integer.highestOneBit(Math.max(32, expected)) << 1;
    return capacity / 3 * 2 < expected ? capacity << 1 : capacity;
  }

  /** False if the key was there before. */
  public boolean add(long key) {
    if (key == 0) {
      boolean first = !zero;
      zero = true;
      return first;
    }
    int slot = (int) (key ^ key >>> 32) & mask;
    while (keys[slot] != 0) {
      if (keys[slot] == key) {
        return false;
      }
      slot = slot + 1 & mask;
    }
    keys[slot] = key;
    return true;
  }
}
