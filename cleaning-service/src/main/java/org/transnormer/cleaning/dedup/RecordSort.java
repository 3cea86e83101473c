package org.transnormer.cleaning.dedup;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Sorts records of equal width that lie one behind the other, by their bytes as unsigned numbers:
 * quicksort in place, heapsort where it degenerates.
 */
final class RecordSort {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final int INSERTION = 12;

  private final byte[] records;
  private final int width;
  private final byte[] pivot;
  private final byte[] held;

  private RecordSort(byte[] records, int width) {
    this.records = records;
    this.width = width;
    this.pivot = new byte[width];
    this.held = new byte[width];
  }

  static void sort(byte[] records, int count, int width) {
    int depth = 2 * (32 - Integer.numberOfLeadingZeros(Math.max(1, count)));
    new RecordSort(records, width).quick(0, count, depth);
  }

  static int compare(byte[] a, int aOffset, byte[] b, int bOffset, int width) {
    int at = 0;
    for (; at + Long.BYTES <= width; at += Long.BYTES) {
      long left = (long) LONGS.get(a, aOffset + at);
      long right = (long) LONGS.get(b, bOffset + at);
      if (left != right) {
        return Long.compareUnsigned(left, right);
      }
    }
    for (; at < width; at++) {
      int difference = (a[aOffset + at] & 0xFF) - (b[bOffset + at] & 0xFF);
      if (difference != 0) {
        return difference;
      }
    }
    return 0;
  }

  private void quick(int from, int to, int depth) {
    int low = from;
    int high = to;
    int left = depth;
    while (high - low > INSERTION) {
      if (left-- == 0) {
        heap(low, high);
        return;
      }
      int cut = partition(low, high);
      if (cut - low < high - cut) {
        quick(low, cut, left);
        low = cut;
      } else {
        quick(cut, high, left);
        high = cut;
      }
    }
    insertion(low, high);
  }

  /** Hoare's scheme; what lies before the returned index is not above what lies from it on. */
  private int partition(int low, int high) {
    int middle = low + high >>> 1;
    order(low, middle);
    order(middle, high - 1);
    order(low, middle);
    System.arraycopy(records, middle * width, pivot, 0, width);
    int i = low;
    int j = high - 1;
    while (true) {
      while (compare(records, i * width, pivot, 0, width) < 0) {
        i++;
      }
      while (compare(records, j * width, pivot, 0, width) > 0) {
        j--;
      }
      if (i >= j) {
        return Math.max(i, low + 1);
      }
      swap(i++, j--);
    }
  }

  private void order(int i, int j) {
    if (compare(records, i * width, records, j * width, width) > 0) {
      swap(i, j);
    }
  }

  private void insertion(int low, int high) {
    for (int i = low + 1; i < high; i++) {
      System.arraycopy(records, i * width, held, 0, width);
      int j = i - 1;
      while (j >= low && compare(records, j * width, held, 0, width) > 0) {
        System.arraycopy(records, j * width, records, (j + 1) * width, width);
        j--;
      }
      System.arraycopy(held, 0, records, (j + 1) * width, width);
    }
  }

  private void heap(int low, int high) {
    int count = high - low;
    for (int i = count / 2 - 1; i >= 0; i--) {
      sift(low, i, count);
    }
    for (int last = count - 1; last > 0; last--) {
      swap(low, low + last);
      sift(low, 0, last);
    }
  }

  private void sift(int low, int from, int count) {
    int parent = from;
    while (2 * parent + 1 < count) {
      int child = 2 * parent + 1;
      if (child + 1 < count
          && compare(records, (low + child) * width, records, (low + child + 1) * width, width)
              < 0) {
        child++;
      }
      if (compare(records, (low + parent) * width, records, (low + child) * width, width) >= 0) {
        return;
      }
      swap(low + parent, low + child);
      parent = child;
    }
  }

  private void swap(int i, int j) {
    System.arraycopy(records, i * width, held, 0, width);
    System.arraycopy(records, j * width, records, i * width, width);
    System.arraycopy(held, 0, records, j * width, width);
  }
}
