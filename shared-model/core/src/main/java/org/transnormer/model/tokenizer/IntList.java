package org.transnormer.model.tokenizer;

import java.util.Arrays;

/** A growing list of ints. */
final class IntList {

  private static final int[] NONE = {};

  private int[] items = NONE;
  private int size;

  void add(int item) {
    if (size == items.length) {
      grow(size + 1L);
    }
    items[size++] = item;
  }

  void addAll(int[] more) {
    if (more.length > items.length - size) {
      grow((long) size + more.length);
    }
    System.arraycopy(more, 0, items, size, more.length);
    size += more.length;
  }

  private void grow(long needed) {
    long length = Math.max(needed, Math.min(2L * items.length, Integer.MAX_VALUE - 8));
    items = Arrays.copyOf(items, Math.toIntExact(Math.max(4, length)));
  }

  int get(int index) {
    return items[index];
  }

  int size() {
    return size;
  }

  /** Whether the item added last is this one. */
  boolean endsWith(int item) {
    return size > 0 && items[size - 1] == item;
  }

  int[] toArray() {
    return Arrays.copyOf(items, size);
  }

  int[] toArray(int from) {
    return Arrays.copyOfRange(items, from, size);
  }
}
