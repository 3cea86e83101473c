package org.transnormer.cleaning.text;

import java.util.Arrays;

/**
 * Polynomial hashes modulo 2^61 - 1 of every run of words, written without a separator, from one
 * pass over the text. Two different runs of one document collide with probability about n / 2^61.
 */
public final class PrefixHash {
  private static final long PRIME = (1L << 61) - 1;
  private static final long BASE = 0x1B0A_5C3D_9E27_8F45L % PRIME;

  /** hash[k] covers words 0 to k - 1. */
  private long[] hash = new long[1 << 12];

  /** Code points in words 0 to k - 1. */
  private int[] lengths = new int[1 << 12];

  private long[] powers = {1};
  private int words;

  public void load(DocumentText text) {
    words = text.words();
    if (hash.length <= words) {
      hash = new long[words + (words >> 1) + 1];
      lengths = new int[hash.length];
    }
    int[] codePoints = text.codePoints();
    long value = 0;
    int length = 0;
    for (int word = 0; word < words; word++) {
      int end = text.wordEnd(word);
      for (int i = text.wordStart(word); i < end; i++) {
        value = reduce(multiply(value, BASE) + codePoints[i] + 1);
      }
      length += end - text.wordStart(word);
      hash[word + 1] = value;
      lengths[word + 1] = length;
    }
  }

  /** Code points of {@code count} words from {@code word} on. */
  public int length(int word, int count) {
    return lengths[word + count] - lengths[word];
  }

  /** Hash of {@code count} words from {@code word} on, joined without a separator. */
  public long joined(int word, int count) {
    long head = multiply(hash[word], power(length(word, count)));
    long difference = hash[word + count] - head;
    return mix(difference < 0 ? difference + PRIME : difference);
  }

  private long power(int exponent) {
    if (exponent >= powers.length) {
      int known = powers.length;
      powers = Arrays.copyOf(powers, Math.max(exponent + 1, 2 * known));
      for (int i = known; i < powers.length; i++) {
        powers[i] = reduce(multiply(powers[i - 1], BASE));
      }
    }
    return powers[exponent];
  }

  /** A product below 2^62 that is equal modulo the prime. */
  private static long multiply(long a, long b) {
    long high = Math.multiplyHigh(a, b) << 3 | (a * b) >>> 61;
    return reduce((a * b & PRIME) + high);
  }

  private static long reduce(long value) {
    return value >= PRIME ? value - PRIME : value;
  }

  /** Spreads the bits; a bijection (the finaliser of MurmurHash3). */
  public static long mix(long value) {
    long mixed = (value ^ value >>> 33) * 0xFF51AFD7ED558CCDL;
    mixed = (mixed ^ mixed >>> 33) * 0xC4CEB9FE1A85EC53L;
    return mixed ^ mixed >>> 33;
  }
}
