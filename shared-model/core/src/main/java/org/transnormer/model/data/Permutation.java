package org.transnormer.model.data;

/**
 * A pseudo-random permutation of [0, n) that needs no memory: a balanced Feistel network over the
 * next power of four, walked until it is back inside (Black and Rogaway, "Ciphers with Arbitrary
 * Finite Domains", CT-RSA 2002, section 3: cycle walking).
 */
final class Permutation {

  private static final int ROUNDS = 8;

  private final long n;
  private final int halfBits;
  private final long mask;
  private final long key;

  Permutation(long n, long key) {
    if (n < 1) {
      throw new IllegalArgumentException("nothing to permute: " + n);
    }
    this.n = n;
    this.key = key;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(n - 1);
    this.halfBits = Math.max(1, (bits + 1) / 2);
    this.mask = (1L << halfBits) - 1;
  }

  long at(long index) {
    if (index < 0 || index >= n) {
      throw new IndexOutOfBoundsException(index);
    }
    long value = index;
    do {
      value = encipher(value);
    } while (value >= n);
    return value;
  }

  private long encipher(long value) {
    long left = value >>> halfBits;
    long right = value & mask;
    for (int round = 0; round < ROUNDS; round++) {
      long next = left ^ (mix(key + round * 0x9E3779B97F4A7C15L ^ mix(right)) & mask);
      left = right;
      right = next;
    }
    return left << halfBits | right;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014). */
  static long mix(long z) {
    long y = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    y = (y ^ y >>> 27) * 0x94D049BB133111EBL;
    return y ^ y >>> 31;
  }
}
