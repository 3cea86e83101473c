package org.transnormer.artifacts.documents;

import org.roaringbitmap.RoaringBitmap;

/** Which ordinals of one shard a snapshot keeps, and in which split. The splits are disjoint. */
public record SnapshotShard(ShardRef shard, RoaringBitmap train, RoaringBitmap heldout) {
  public SnapshotShard {
    if (RoaringBitmap.intersects(train, heldout)) {
      throw new IllegalArgumentException("a document of " + shard.prefix() + " is in both splits");
    }
    requireWithin(train, shard);
    requireWithin(heldout, shard);
  }

  private static void requireWithin(RoaringBitmap ordinals, ShardRef shard) {
    if (!ordinals.isEmpty() && Integer.toUnsignedLong(ordinals.last()) >= shard.documents()) {
      throw new IllegalArgumentException(
          "ordinal " + ordinals.last() + " is not in shard " + shard.prefix());
    }
  }
}
