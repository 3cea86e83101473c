package org.transnormer.cleaning.tokenizers;

import java.util.List;
import org.transnormer.artifacts.documents.SnapshotShard;

/**
 * A share of the documents, chosen by their ids alone: independent of shards, order and workers.
 *
 * @param share in [0, 1]; 1 takes every document
 */
public record TextSample(double share, long seed) {

  /** 2^53: every integer below it has an exact double. */
  private static final double RESOLUTION = 0x1p53;

  public static final TextSample ALL = new TextSample(1, 0);

  public TextSample {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("share must be in [0, 1], was " + share);
    }
  }

  /** Takes about {@code wanted} of {@code present} bytes. */
  public static TextSample ofBytes(long wanted, long present, long seed) {
    return present <= wanted ? ALL : new TextSample((double) wanted / present, seed);
  }

  /** Takes about {@code wanted} bytes of the text of the shards' train split. */
  public static TextSample ofTrainText(long wanted, List<SnapshotShard> shards, long seed) {
    double present = 0;
    for (SnapshotShard each : shards) {
      double kept =
          (double) each.train().getLongCardinality() / Math.max(1, each.shard().documents());
      present += each.shard().textBytes() * kept;
    }
    return ofBytes(wanted, Math.round(present), seed);
  }

  public boolean takes(String documentId) {
    if (share >= 1) {
      return true;
    }
    long hash = mix(Long.parseUnsignedLong(documentId, 0, 16, 16) ^ mix(seed));
    return (hash >>> 11) / RESOLUTION < share;
  }

  /** Finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
  private static long mix(long z) {
    long x = z + 0x9e3779b97f4a7c15L;
    x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }
}
