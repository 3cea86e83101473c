package org.transnormer.cleaning.decide;

import java.util.HashMap;
import java.util.Map;

/** What people said of documents: true keeps one although its score was cut, false drops one. */
public final class ReviewDecisions {
  private final Map<Long, Boolean> byPlace = new HashMap<>();

  public static ReviewDecisions none() {
    return new ReviewDecisions();
  }

  /**
   * @param shard index in the run's list of shards
   */
  public ReviewDecisions add(int shard, int ordinal, boolean keep) {
    byPlace.put(place(shard, ordinal), keep);
    return this;
  }

  boolean accepts(int shard, int ordinal) {
    return !byPlace.isEmpty() && Boolean.TRUE.equals(byPlace.get(place(shard, ordinal)));
  }

  boolean rejects(int shard, int ordinal) {
    return !byPlace.isEmpty() && Boolean.FALSE.equals(byPlace.get(place(shard, ordinal)));
  }

  private static long place(int shard, int ordinal) {
    return (long) shard << 32 | ordinal;
  }
}
