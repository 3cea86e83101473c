package org.transnormer.model.tokenizer;

import java.util.Arrays;

/** Pairs of neighbouring tokens, numbered as they turn up, with their counts and their words. */
final class PairTable {

  private long[] pairs = new long[1 << 12];
  private long[] counts = new long[1 << 12];
  private IntList[] words = new IntList[1 << 12];
  private int[] marks = new int[1 << 12];
  private int size;

  /** Open addressing: pair number plus one; 0 is free. */
  private int[] slots = new int[1 << 14];

  /** The number of a pair, which is new if it was never asked for. */
  int number(int left, int right) {
    long pair = (long) left << 32 | right;
    int slot = slot(pair, slots);
    while (slots[slot] != 0) {
      if (pairs[slots[slot] - 1] == pair) {
        return slots[slot] - 1;
      }
      slot = slot + 1 & slots.length - 1;
    }
    if (size == pairs.length) {
      pairs = Arrays.copyOf(pairs, 2 * size);
      counts = Arrays.copyOf(counts, 2 * size);
      words = Arrays.copyOf(words, 2 * size);
      marks = Arrays.copyOf(marks, 2 * size);
    }
    pairs[size] = pair;
    words[size] = new IntList();
    slots[slot] = ++size;
    if (size * 2 > slots.length) {
      rehash();
    }
    return size - 1;
  }

  private void rehash() {
    int[] larger = new int[slots.length * 2];
    for (int number = 0; number < size; number++) {
      int slot = slot(pairs[number], larger);
      while (larger[slot] != 0) {
        slot = slot + 1 & larger.length - 1;
      }
      larger[slot] = number + 1;
    }
    slots = larger;
  }

  private static int slot(long pair, int[] slots) {
    return (int) (pair * 0x9E3779B97F4A7C15L >>> 33) & slots.length - 1;
  }

  int size() {
    return size;
  }

  int left(int number) {
    return (int) (pairs[number] >>> 32);
  }

  int right(int number) {
    return (int) pairs[number];
  }

  long count(int number) {
    return counts[number];
  }

  void change(int number, long by) {
    counts[number] += by;
  }

  /** Whether this is the first time that the pair gets this mark, which is positive. */
  boolean mark(int number, int mark) {
    boolean first = marks[number] != mark;
    marks[number] = mark;
    return first;
  }

  /** Words in which the pair stood at some time; one may be there twice. */
  IntList words(int number) {
    return words[number];
  }

  /** The pair is merged: it occurs nowhere any more. */
  void clear(int number) {
    counts[number] = 0;
    words[number] = new IntList();
  }
}
