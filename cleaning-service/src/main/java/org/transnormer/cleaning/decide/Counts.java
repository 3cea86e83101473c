package org.transnormer.cleaning.decide;

import java.util.Comparator;
import java.util.SortedMap;
import java.util.TreeMap;
import org.transnormer.cleaning.decide.Verdict.Stage;

/**
 * Documents in and what became of them.
 *
 * @param unscored documents kept although an evaluation model should have scored them and could not
 */
public record Counts(
    long in,
    long train,
    long heldOut,
    long failed,
    long unscored,
    SortedMap<Reason, Long> dropped) {

  /** Why documents were dropped, in the order of the stages. */
  public record Reason(Stage stage, String reason) implements Comparable<Reason> {
    private static final Comparator<Reason> ORDER =
        Comparator.comparing(Reason::stage).thenComparing(Reason::reason);

    @Override
    public int compareTo(Reason other) {
      return ORDER.compare(this, other);
    }
  }

  public static final Counts NONE = new Counts(0, 0, 0, 0, 0, new TreeMap<>());

  public long kept() {
    return train + heldOut;
  }

  public long droppedInAll() {
    return dropped.values().stream().mapToLong(Long::longValue).sum();
  }

  public long dropped(Stage stage) {
    return dropped.entrySet().stream()
        .filter(entry -> entry.getKey().stage() == stage)
        .mapToLong(entry -> entry.getValue())
        .sum();
  }

  public Counts plus(Counts other) {
    SortedMap<Reason, Long> sum = new TreeMap<>(dropped);
    other.dropped.forEach((reason, documents) -> sum.merge(reason, documents, Long::sum));
    return new Counts(
        in + other.in,
        train + other.train,
        heldOut + other.heldOut,
        failed + other.failed,
        unscored + other.unscored,
        sum);
  }

  /**
   * In = kept + dropped by reason + failed.
   *
   * @throws ConservationException if documents were lost or invented
   */
  public Counts requireBalanced(String stage) {
    long out = kept() + droppedInAll() + failed;
    if (out != in) {
      throw new ConservationException(stage, in, kept(), droppedInAll(), failed);
    }
    return this;
  }
}
