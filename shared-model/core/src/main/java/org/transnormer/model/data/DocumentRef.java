package org.transnormer.model.data;

import java.util.HexFormat;

/**
 * Where the tokens of a document come from.
 *
 * @param id 32 lower-case hexadecimal digits
 * @param shard index into the token set's list of shards
 * @param ordinal of the document within that shard
 */
public record DocumentRef(String id, int shard, int ordinal) {

  static final int ID_BYTES = 16;

  public DocumentRef {
    if (id.length() != 2 * ID_BYTES || !id.chars().allMatch(DocumentRef::isLowerHex)) {
      throw new IllegalArgumentException("not a document id: '" + id + "'");
    }
    if (shard < 0 || ordinal < 0) {
      throw new IllegalArgumentException(
          "negative place of document %s: %d, %d".formatted(id, shard, ordinal));
    }
  }

  byte[] idBytes() {
    return HexFormat.of().parseHex(id);
  }

  private static boolean isLowerHex(int c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
  }
}
