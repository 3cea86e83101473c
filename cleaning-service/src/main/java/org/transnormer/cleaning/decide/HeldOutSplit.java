package org.transnormer.cleaning.decide;

import java.nio.ByteBuffer;
import org.transnormer.cleaning.recipe.HeldOutSpec;
import org.transnormer.cleaning.text.PrefixHash;

/**
 * Draws the held-out split by the smallest document id of a cluster, so that it depends on neither
 * the order of shards nor the documents outside the cluster.
 */
final class HeldOutSplit {
  private final HeldOutSpec spec;

  HeldOutSplit(HeldOutSpec spec) {
    this.spec = spec;
  }

  /**
   * @param ids 16 bytes each
   */
  boolean holdsOut(byte[] ids, int index) {
    ByteBuffer id = ByteBuffer.wrap(ids);
    long hash =
        PrefixHash.mix(
            PrefixHash.mix(PrefixHash.mix(spec.seed() + 1) ^ id.getLong(index * 16))
                ^ id.getLong(index * 16 + Long.BYTES));
    return (hash >>> 11) * 0x1p-53 < spec.share();
  }
}
