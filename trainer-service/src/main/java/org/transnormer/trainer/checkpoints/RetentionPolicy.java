package org.transnormer.trainer.checkpoints;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which checkpoints of a run stay.
 *
 * @param keep newest ones; 0 keeps all. The newest always stays: the run goes on from it
 * @param keepEvery those whose step is a multiple; 0 for none
 */
public record RetentionPolicy(int keep, long keepEvery) {

  /** Order in which a run goes on from its checkpoints: newest attempt first, then highest step. */
  public static final Comparator<Checkpoint> NEWEST_FIRST =
      Comparator.comparingLong((Checkpoint checkpoint) -> attempt(checkpoint))
          .thenComparingLong(Checkpoint::step)
          .reversed();

  /**
   * Ids of those that may go.
   *
   * @param usable all usable checkpoints of one run
   * @param pinned best, final and referred to
   */
  public Set<String> disposable(Collection<Checkpoint> usable, Set<String> pinned) {
    if (keep == 0) {
      return Set.of();
    }
    List<Checkpoint> newestFirst = usable.stream().sorted(NEWEST_FIRST).toList();
    Set<String> stay = new HashSet<>(pinned);
    newestFirst.stream().limit(keep).map(Checkpoint::id).forEach(stay::add);
    return newestFirst.stream()
        .filter(checkpoint -> !stay.contains(checkpoint.id()))
        .filter(checkpoint -> keepEvery == 0 || checkpoint.step() % keepEvery != 0)
        .map(Checkpoint::id)
        .collect(Collectors.toSet());
  }

  private static int attempt(Checkpoint checkpoint) {
    return checkpoint.origin() instanceof Checkpoint.FromRun run ? run.attempt() : 0;
  }
}
