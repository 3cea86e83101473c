package org.transnormer.artifacts.documents;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.transnormer.artifacts.digest.Digests;

/**
 * Merkle tree over SHA-256, leaves and inner nodes in separate domains as in RFC 6962; a node
 * without a sibling moves up unchanged.
 */
final class MerkleTree {
  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private MerkleTree() {}

  static byte[] leaf(byte[]... parts) {
    return hash(LEAF, parts);
  }

  static byte[] root(List<byte[]> leaves) {
    List<byte[]> level = leaves;
    while (level.size() > 1) {
      List<byte[]> above = new ArrayList<>((level.size() + 1) / 2);
      for (int i = 0; i < level.size(); i += 2) {
        above.add(i + 1 < level.size() ? hash(NODE, level.get(i), level.get(i + 1)) : level.get(i));
      }
      level = above;
    }
    return level.getFirst();
  }

  private static byte[] hash(byte domain, byte[]... parts) {
    MessageDigest digest = Digests.newSha256();
    digest.update(domain);
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }
}
