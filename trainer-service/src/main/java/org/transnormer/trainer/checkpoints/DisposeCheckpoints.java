package org.transnormer.trainer.checkpoints;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.transnormer.support.problems.UnavailableProblem;
import org.transnormer.trainer.sql.Transactions;

/**
 * Gives up checkpoints that nothing refers to, in two phases: first nobody may refer to them any
 * more, then their objects go. A crash in between is made good by the next {@link #sweep}.
 */
public final class DisposeCheckpoints {

  private static final Logger LOG = System.getLogger(DisposeCheckpoints.class.getName());

  private final Checkpoints checkpoints;
  private final CheckpointFiles files;
  private final List<CheckpointReferences> references;
  private final Transactions transactions;

  public DisposeCheckpoints(
      Checkpoints checkpoints,
      CheckpointFiles files,
      List<CheckpointReferences> references,
      Transactions transactions) {
    this.checkpoints = checkpoints;
    this.files = files;
    this.references = List.copyOf(references);
    this.transactions = transactions;
  }

  /**
   * Applies a run's policy.
   *
   * @return ids of the checkpoints that are given up
   */
  public Set<String> retain(String runId, RetentionPolicy policy) {
    try {
      return transactions.call(() -> {
        List<Checkpoint> usable = checkpoints.lockUsableOf(runId);
        Set<String> candidates = policy.disposable(usable, Set.of());
        if (candidates.isEmpty()) {
          return Set.of();
        }
        Set<String> disposable =
            policy.disposable(usable, CheckpointReferences.among(references, ids(usable)).keySet());
        checkpoints.markDeleting(disposable);
        return disposable;
      });
    } catch (UnavailableProblem e) {
      LOG.log(Level.WARNING, "no checkpoint of run {0} is given up: {1}", runId, e.getMessage());
      return Set.of();
    }
  }

  private static Set<String> ids(List<Checkpoint> checkpoints) {
    return checkpoints.stream().map(Checkpoint::id).collect(Collectors.toSet());
  }

  /** Removes the objects of everything that was given up. */
  public void sweep() {
    for (Checkpoint checkpoint : checkpoints.deleting()) {
      try {
        files.delete(checkpoint.prefix());
        checkpoints.markDeleted(checkpoint.id());
      } catch (IOException e) {
        LOG.log(
            Level.WARNING,
            () -> "the objects at %s stay for now: %s".formatted(checkpoint.prefix(), e));
      }
    }
  }
}
