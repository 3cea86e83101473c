package org.transnormer.model.data;

import java.util.Arrays;

/** How often one token follows another: an open hash table. */
final class BigramCounts {

  private static final long FREE = -1;

  private long[] pairs = new long[1 << 12];
  private long[] counts = new long[1 << 12];
  private int size;

  BigramCounts() {
    Arrays.fill(pairs, FREE);
  }

  interface Visitor {
    void visit(int first, int second, long count);
  }

  void add(int first, int second) {
    long pair = pair(first, second);
    int slot = slot(pairs, pair);
    if (pairs[slot] == FREE) {
      pairs[slot] = pair;
      size++;
    }
    counts[slot]++;
    if (2L * size > pairs.length) {
      grow();
    }
  }

  long count(int first, int second) {
    return counts[slot(pairs, pair(first, second))];
  }

  void each(Visitor visitor) {
    for (int slot = 0; slot < pairs.length; slot++) {
      if (pairs[slot] != FREE) {
        visitor.visit((int) (pairs[slot] >>> 32), (int) pairs[slot], counts[slot]);
      }
    }
  }

  private void grow() {
    long[] newPairs = new long[Math.multiplyExact(pairs.length, 2)];
    long[] newCounts = new long[newPairs.length];
    Arrays.fill(newPairs, FREE);
    for (int slot = 0; slot < pairs.length; slot++) {
      if (pairs[slot] != FREE) {
        int to = slot(newPairs, pairs[slot]);
        newPairs[to] = pairs[slot];
        newCounts[to] = counts[slot];
      }
    }
    pairs = newPairs;
    counts = newCounts;
  }

  private static int slot(long[] pairs, long pair) {
    int slot = (int) Permutation.mix(pair) & pairs.length - 1;
    while (pairs[slot] != FREE && pairs[slot] != pair) {
      slot = slot + 1 & pairs.length - 1;
    }
    return slot;
  }

  private static long pair(int first, int second) {
    return (long) first << 32 | second;
  }
}
