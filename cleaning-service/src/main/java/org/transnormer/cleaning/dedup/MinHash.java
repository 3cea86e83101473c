package org.transnormer.cleaning.dedup;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.util.Arrays;
import java.util.Optional;
import org.transnormer.cleaning.text.DocumentText;
import org.transnormer.cleaning.text.PrefixHash;

/**
 * MinHash signatures (Broder 1997) of word shingles with the permutations of datatrove 0.10 ({@code
 * dedup/minhash.py}): ((h a + b) mod 2^64) mod (2^61 - 1) of the shingle's XXH64 hash, the least of
 * each over all shingles. Not thread-safe: buffers are reused.
 */
final class MinHash {
  static final long PRIME = (1L << 61) - 1;

  private static final Hasher64 HASHER = Hashing.xxh64();

  private final int words;
  private final long[] factors;
  private final long[] offsets;
  private final long[] least;
  private final DocumentText text = new DocumentText();
  private byte[] bytes = new byte[1 << 14];
  private int[] starts = new int[1 << 11];

  /** Permutations drawn from a seed. */
  static MinHash seeded(int words, int permutations, long seed) {
    long[] factors = new long[permutations];
    long[] offsets = new long[permutations];
    long state = seed;
    for (int i = 0; i < permutations; i++) {
      factors[i] = 1 + Long.remainderUnsigned(draw(state++), PRIME - 1);
      offsets[i] = Long.remainderUnsigned(draw(state++), PRIME);
    }
    return new MinHash(words, factors, offsets);
  }

  /** SplitMix64 as a function of a counter. */
  private static long draw(long counter) {
    long z = counter * 0x9E3779B97F4A7C15L + 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  MinHash(int words, long[] factors, long[] offsets) {
    this.words = words;
    this.factors = factors.clone();
    this.offsets = offsets.clone();
    this.least = new long[factors.length];
  }

  /**
   * The least value of every permutation, valid until the next call; empty for a text of fewer
   * words than a shingle has.
   */
  Optional<long[]> signature(String document) {
    text.load(ShingleText.simplify(document));
    int shingles = text.words() - words + 1;
    if (shingles < 1) {
      return Optional.empty();
    }
    encode();
    Arrays.fill(least, Long.MAX_VALUE);
    for (int shingle = 0; shingle < shingles; shingle++) {
      int start = starts[shingle];
      // Behind the last word lies a blank.
      add(HASHER.hashBytesToLong(bytes, start, starts[shingle + words] - 1 - start));
    }
    return Optional.of(least);
  }

  /** Without branches, so that the compiler can vectorise it. */
  private void add(long hash) {
    long[] multipliers = factors;
    long[] addends = offsets;
    long[] minima = least;
    for (int i = 0; i < minima.length; i++) {
      long product = hash * multipliers[i] + addends[i];
      long folded = (product & PRIME) + (product >>> 61);
      long reduced = folded - PRIME;
      long value = reduced + (PRIME & reduced >> 63);
      minima[i] = Math.min(minima[i], value);
    }
  }

  /** The words in UTF-8 with a blank behind each; {@code starts} has one entry more than words. */
  private void encode() {
    int most = 3 * text.length() + text.length() + text.words() + 4;
    if (bytes.length < most) {
      bytes = new byte[most];
    }
    if (starts.length <= text.words()) {
      starts = new int[2 * text.words() + 1];
    }
    int at = 0;
    for (int word = 0; word < text.words(); word++) {
      starts[word] = at;
      for (int i = text.wordStart(word); i < text.wordEnd(word); i++) {
        at = encode(text.codePoint(i), at);
      }
      bytes[at++] = ' ';
    }
    starts[text.words()] = at;
  }

  private int encode(int c, int from) {
    int at = from;
    if (c < 0x80) {
      bytes[at++] = (byte) c;
    } else if (c < 0x800) {
      bytes[at++] = (byte) (0xC0 | c >> 6);
      bytes[at++] = (byte) (0x80 | c & 0x3F);
    } else if (c < 0x10000) {
      bytes[at++] = (byte) (0xE0 | c >> 12);
      bytes[at++] = (byte) (0x80 | c >> 6 & 0x3F);
      bytes[at++] = (byte) (0x80 | c & 0x3F);
    } else {
      bytes[at++] = (byte) (0xF0 | c >> 18);
      bytes[at++] = (byte) (0x80 | c >> 12 & 0x3F);
      bytes[at++] = (byte) (0x80 | c >> 6 & 0x3F);
      bytes[at++] = (byte) (0x80 | c & 0x3F);
    }
    return at;
  }

  /**
   * Key of one band. With 64 bits, N documents share a key by accident in about N^2 / 2^65 pairs.
   */
  static long bandKey(long[] signature, int band, int rows, long scope) {
    long key = scope;
    for (int row = 0; row < rows; row++) {
      key = PrefixHash.mix(key * 0x9E3779B97F4A7C15L + signature[band * rows + row]);
    }
    return key;
  }
}
