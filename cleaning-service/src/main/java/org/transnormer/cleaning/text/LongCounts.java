package org.transnormer.cleaning.text;

import java.util.Arrays;

/**
 * Counts of 64-bit keys, for keys that are hashes already: open addressing, buffers reused, no
 * boxing. Not thread-safe.
 */
public final class LongCounts {
  private long[] keys = new long[64];

  /** 0 marks a free slot. */
  private int[] counts = new int[64];

  private int[] payloads = new int[64];
  private int mask = 63;

  /** Forgets every key and makes room for {@code expected} of them. */
  public void reset(int expected) {
    int capacity = LongSet.capacity(expected);
    if (capacity > keys.length) {
      keys = new long[capacity];
      counts = new int[capacity];
      payloads = new int[capacity];
    } else {
      Arrays.fill(counts, 0, capacity, 0);
    }
    mask = capacity - 1;
  }

  /** Slot of the key, free if the key is new; valid until the next key is added. */
  public int slot(long key) {
    int slot = (int) (key ^ key >>> 32) & mask;
    while (counts[slot] != 0 && keys[slot] != key) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  /** Counts of the key at the slot, 0 if it is free. */
  public int count(int slot) {
    return counts[slot];
  }

  /** Adds one to the key at its slot; a new key remembers the payload. */
  public int add(int slot, long key, int payload) {
    if (counts[slot] == 0) {
      keys[slot] = key;
      payloads[slot] = payload;
    }
    return counts[slot]++;
  }

  public int payload(int slot) {
    return payloads[slot];
  }

  /** Slots below this number are in use or free. */
  public int slots() {
    return mask + 1;
  }
}
