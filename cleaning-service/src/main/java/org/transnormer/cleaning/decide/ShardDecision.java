package org.transnormer.cleaning.decide;

import java.util.List;
import org.roaringbitmap.RoaringBitmap;
import org.transnormer.cleaning.decide.Counts.Reason;
import org.transnormer.cleaning.decide.Verdict.Split;

/** The verdict on every document of a shard. */
public final class ShardDecision {
  static final int TRAIN = -1;
  static final int HELD_OUT = -2;
  static final int FAILED = -3;

  private final int[] codes;
  private final double[] values;
  private final double[] limits;
  private final List<Reason> reasons;
  private final String[] failures;
  private final RoaringBitmap train;
  private final RoaringBitmap heldOut;
  private final Counts counts;

  /**
   * @param codes one of the constants or an index into the reasons, by ordinal
   */
  ShardDecision(
      int[] codes,
      double[] values,
      double[] limits,
      List<Reason> reasons,
      String[] failures,
      long unscored) {
    this.codes = codes;
    this.values = values;
    this.limits = limits;
    this.reasons = List.copyOf(reasons);
    this.failures = failures;
    this.train = with(codes, TRAIN);
    this.heldOut = with(codes, HELD_OUT);
    this.counts = count(unscored).requireBalanced("decide");
  }

  private static RoaringBitmap with(int[] codes, int code) {
    RoaringBitmap ordinals = new RoaringBitmap();
    for (int ordinal = 0; ordinal < codes.length; ordinal++) {
      if (codes[ordinal] == code) {
        ordinals.add(ordinal);
      }
    }
    return ordinals;
  }

  private Counts count(long unscored) {
    long failed = 0;
    long[] dropped = new long[reasons.size()];
    for (int code : codes) {
      failed += code == FAILED ? 1 : 0;
      if (code >= 0) {
        dropped[code]++;
      }
    }
    var byReason = new java.util.TreeMap<Reason, Long>();
    for (int i = 0; i < dropped.length; i++) {
      if (dropped[i] > 0) {
        byReason.put(reasons.get(i), dropped[i]);
      }
    }
    return new Counts(
        codes.length,
        train.getLongCardinality(),
        heldOut.getLongCardinality(),
        failed,
        unscored,
        byReason);
  }

  public int documents() {
    return codes.length;
  }

  public Verdict verdict(int ordinal) {
    return switch (codes[ordinal]) {
      case TRAIN -> new Verdict.Kept(Split.TRAIN);
      case HELD_OUT -> new Verdict.Kept(Split.HELD_OUT);
      case FAILED -> new Verdict.Failed(failures[ordinal]);
      default -> {
        Reason reason = reasons.get(codes[ordinal]);
        yield new Verdict.Dropped(
            reason.stage(), reason.reason(), values[ordinal], limits[ordinal]);
      }
    };
  }

  /** Ordinals of documents dropped for a reason, in order. */
  public RoaringBitmap dropped(Reason reason) {
    int code = reasons.indexOf(reason);
    return code < 0 ? new RoaringBitmap() : with(codes, code);
  }

  public RoaringBitmap train() {
    return train;
  }

  public RoaringBitmap heldOut() {
    return heldOut;
  }

  /** Ordinals kept, of both splits. */
  public RoaringBitmap kept() {
    return RoaringBitmap.or(train, heldOut);
  }

  public Counts counts() {
    return counts;
  }
}
