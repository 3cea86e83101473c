package org.transnormer.cleaning.dedup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Merges sorted sources by the first bytes of their records; of equal ones that of the earlier
 * source comes first. Refuses a source that is not sorted.
 */
final class RecordMerge {

  /** Takes the merged records; the array is the source's and changes with the next record. */
  @FunctionalInterface
  interface Records {
    void record(int source, byte[] bytes, int offset) throws IOException;
  }

  private final List<RecordSource> sources;
  private final int width;

  /** A binary heap of the sources that are not at their end. */
  private final int[] heap;

  private int size;
  private final byte[] last;

  /**
   * @param width bytes that are compared
   */
  RecordMerge(List<RecordSource> sources, int width) throws IOException {
    this.sources = new ArrayList<>(sources);
    this.width = width;
    this.heap = new int[sources.size()];
    this.last = new byte[width];
    for (int i = 0; i < sources.size(); i++) {
      if (sources.get(i).next()) {
        heap[size] = i;
        up(size++);
      }
    }
  }

  void drain(Records records) throws IOException {
    while (size > 0) {
      int number = heap[0];
      RecordSource source = sources.get(number);
      if (RecordSort.compare(source.buffer(), source.offset(), last, 0, width) < 0) {
        throw new IOException("source " + number + " is not sorted");
      }
      System.arraycopy(source.buffer(), source.offset(), last, 0, width);
      records.record(number, source.buffer(), source.offset());
      if (!source.next()) {
        heap[0] = heap[--size];
      }
      down();
    }
  }

  private void up(int from) {
    int child = from;
    while (child > 0 && less(heap[child], heap[(child - 1) / 2])) {
      swap(child, (child - 1) / 2);
      child = (child - 1) / 2;
    }
  }

  private void down() {
    int parent = 0;
    while (2 * parent + 1 < size) {
      int child = 2 * parent + 1;
      if (child + 1 < size && less(heap[child + 1], heap[child])) {
        child++;
      }
      if (!less(heap[child], heap[parent])) {
        return;
      }
      swap(parent, child);
      parent = child;
    }
  }

  private boolean less(int a, int b) {
    RecordSource left = sources.get(a);
    RecordSource right = sources.get(b);
    int order =
        RecordSort.compare(left.buffer(), left.offset(), right.buffer(), right.offset(), width);
    return order != 0 ? order < 0 : a < b;
  }

  private void swap(int i, int j) {
    int held = heap[i];
    heap[i] = heap[j];
    heap[j] = held;
  }
}
