package org.transnormer.model.tokenizer;

import java.util.Arrays;

/** How often each piece occurs: a hash table of byte strings, which all lie in one array. */
final class PieceCounts {

  /** Of distinct pieces; no language has so many words. */
  private static final int MOST_BYTES = 1 << 30;

  private byte[] text = new byte[1 << 16];
  private int textSize;
  private int[] starts = new int[1 << 10];
  private long[] counts = new long[1 << 10];
  private int size;

  /** Open addressing: piece number plus one; 0 is free. */
  private int[] slots = new int[1 << 12];

  int size() {
    return size;
  }

  long count(int piece) {
    return counts[piece];
  }

  int length(int piece) {
    return end(piece) - starts[piece];
  }

  int byteAt(int piece, int index) {
    return Byte.toUnsignedInt(text[starts[piece] + index]);
  }

  private int end(int piece) {
    return piece + 1 < size ? starts[piece + 1] : textSize;
  }

  void add(byte[] bytes, int from, int to, long times) {
    int slot = hash(bytes, from, to) & slots.length - 1;
    while (slots[slot] != 0) {
      int piece = slots[slot] - 1;
      if (Arrays.equals(text, starts[piece], end(piece), bytes, from, to)) {
        counts[piece] += times;
        return;
      }
      slot = slot + 1 & slots.length - 1;
    }
    slots[slot] = append(bytes, from, to, times) + 1;
    if (size * 2 > slots.length) {
      rehash();
    }
  }

  void addAll(PieceCounts other) {
    for (int piece = 0; piece < other.size; piece++) {
      add(other.text, other.starts[piece], other.end(piece), other.counts[piece]);
    }
  }

  private int append(byte[] bytes, int from, int to, long times) {
    if (size == starts.length) {
      starts = Arrays.copyOf(starts, Math.multiplyExact(size, 2));
      counts = Arrays.copyOf(counts, starts.length);
    }
    int needed = textSize + to - from;
    if (needed > MOST_BYTES) {
      throw new IllegalStateException(
          "the texts have more than %d bytes of distinct words: learn from a sample of them"
              .formatted(MOST_BYTES));
    }
    if (needed > text.length) {
      text = Arrays.copyOf(text, Math.max(needed, Math.min(2 * text.length, MOST_BYTES)));
    }
    System.arraycopy(bytes, from, text, textSize, to - from);
    starts[size] = textSize;
    counts[size] = times;
    textSize = needed;
    return size++;
  }

  private void rehash() {
    int[] larger = new int[Math.multiplyExact(slots.length, 2)];
    for (int piece = 0; piece < size; piece++) {
      int slot = hash(text, starts[piece], end(piece)) & larger.length - 1;
      while (larger[slot] != 0) {
        slot = slot + 1 & larger.length - 1;
      }
      larger[slot] = piece + 1;
    }
    slots = larger;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    hash *= 0x9E3779B9;
    return hash ^ hash >>> 15;
  }
}
