package org.transnormer.model.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * SentencePiece's compiled map of replaced characters: the longest entry that a text goes on with
 * is replaced, again and again. The library's own reading of it works on what it takes for one
 * visible character, and differs where many marks follow a letter.
 *
 * <p>Layout: the size of a double-array trie (Darts-clone, dictionary.h), the trie, and the
 * replacements, each ended by a zero (sentencepiece's normalizer.cc, DecodePrecompiledCharsMap).
 */
final class CharacterMap {

  private static final int LABEL = 0x8000_00FF;

  private final int[] trie;
  private final byte[] replacements;

  /**
   * @throws InvalidTokenizerException if the bytes are no such map
   */
  CharacterMap(byte[] map) {
    ByteBuffer in = ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN);
    int size = in.remaining() < Integer.BYTES ? -1 : in.getInt();
    if (size < Integer.BYTES || size % Integer.BYTES != 0 || size > in.remaining()) {
      throw new InvalidTokenizerException(
          "a compiled map of characters has a trie of %d bytes in %d".formatted(size, map.length));
    }
    trie = new int[size / Integer.BYTES];
    in.asIntBuffer().get(trie);
    in.position(in.position() + size);
    replacements = new byte[in.remaining()];
    in.get(replacements);
  }

  String replace(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    for (int at = 0; at < bytes.length; ) {
      at += step(bytes, at, out);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Writes what the next bytes become and returns how many they are. */
  private int step(byte[] bytes, int from, ByteArrayOutputStream out) {
    int longest = 0;
    int value = 0;
    int node = offset(trie[0]);
    for (int at = from; at < bytes.length; at++) {
      int label = Byte.toUnsignedInt(bytes[at]);
      node ^= label;
      int unit = unit(node);
      if ((unit & LABEL) != label) {
        break;
      }
      node ^= offset(unit);
      if ((unit >>> 8 & 1) == 1) {
        longest = at + 1 - from;
        value = unit(node) & Integer.MAX_VALUE;
      }
    }
    if (longest == 0) {
      int length = lengthOfCharacter(bytes[from]);
      out.write(bytes, from, length);
      return length;
    }
    for (int i = value; i < replacements.length && replacements[i] != 0; i++) {
      out.write(replacements[i]);
    }
    return longest;
  }

  private int unit(int node) {
    return node >= 0 && node < trie.length ? trie[node] : LABEL;
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private static int lengthOfCharacter(byte first) {
    return first >= 0 ? 1 : Integer.numberOfLeadingZeros(~(first << 24));
  }
}
