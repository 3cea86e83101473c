package org.transnormer.cleaning.review;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A document near a cut. Its text stays in its shard.
 *
 * @param part the shard's place in the run's list
 * @param score nats per token
 * @param limit the cut it lies near
 * @param keep what the cut says of it
 */
public record ReviewItem(
    String id,
    String runId,
    int round,
    String documentId,
    int part,
    int ordinal,
    String stratum,
    double score,
    double limit,
    boolean keep,
    State state,
    @Nullable String decidedBy,
    @Nullable Instant decidedAt) {

  /** Where an item stands. */
  public enum State {
    PENDING,
    ACCEPTED,
    REJECTED,
    UNSURE,
    /** The recipe lets the cut stand without a person. */
    AUTO_ACCEPTED;

    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static State of(String label) {
      return valueOf(label.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public static State of(Decision decision) {
      return switch (decision) {
        case ACCEPT -> ACCEPTED;
        case REJECT -> REJECTED;
        case UNSURE -> UNSURE;
      };
    }
  }

  /** Whether a person has overruled or confirmed the cut. */
  public boolean judged() {
    return state == State.ACCEPTED || state == State.REJECTED;
  }

  /** What a person says of a judged item. */
  public boolean keeps() {
    return state == State.ACCEPTED;
  }
}
