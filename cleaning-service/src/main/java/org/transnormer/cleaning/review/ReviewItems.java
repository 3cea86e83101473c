package org.transnormer.cleaning.review;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The review queue. */
public interface ReviewItems {

  /** Adds a round's sample; items that exist stay as they are. */
  void add(List<ReviewItem> items);

  Optional<ReviewItem> find(String id);

  /**
   * In the order of ids.
   *
   * @param after the last id of the page before
   */
  List<ReviewItem> list(Filter filter, @Nullable String after, int limit);

  /**
   * Lets what people have said of a round's items so far count for the run. What they say later
   * only counts for the precision: a decision that was taken does not change under the snapshot.
   */
  void apply(String runId, int round);

  /** Accepted and rejected items that count for the run. */
  List<ReviewItem> applied(String runId);

  Map<ReviewItem.State, Long> counts(String runId);

  long pending(String runId, int round);

  /** Records a decision, also over an earlier one. */
  void decide(String id, Decision decision, String by);

  /** How far people agree with what a round's cut drops and keeps. */
  Precision precision(String runId, int round, boolean kept);

  /** Absent parts do not filter. */
  record Filter(
      @Nullable String runId, @Nullable Integer round, ReviewItem.@Nullable State state) {}
}
