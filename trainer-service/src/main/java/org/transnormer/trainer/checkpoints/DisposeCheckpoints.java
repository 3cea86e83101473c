package org.transnormer.trainer.checkpoints;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.audit.Audit;
import org.transnormer.trainer.checkpoints.CheckpointReferences.UnknownReferencesException;
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
  private final Audit audit;
  private final Transactions transactions;

  public DisposeCheckpoints(
      Checkpoints checkpoints,
      CheckpointFiles files,
      List<CheckpointReferences> references,
      Audit audit,
      Transactions transactions) {
    this.checkpoints = checkpoints;
    this.files = files;
    this.references = List.copyOf(references);
    this.audit = audit;
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
        Set<String> disposable = policy.disposable(usable, referrers(ids(usable)).keySet());
        checkpoints.markDeleting(disposable);
        return disposable;
      });
    } catch (UnknownReferencesException e) {
      LOG.log(Level.WARNING, "no checkpoint of run {0} is given up: {1}", runId, e.getMessage());
      return Set.of();
    }
  }

  public sealed interface Disposal {}

  public record Unknown() implements Disposal {}

  /**
   * @param by who refers to it, in words
   * @param bytes that would become free without them
   */
  public record Referred(String by, long bytes) implements Disposal {}

  /**
   * @param bytes that become free
   */
  public record Disposed(long bytes) implements Disposal {}

  /**
   * Gives up one checkpoint.
   *
   * @param dryRun only says what would happen
   */
  public Disposal dispose(String id, boolean dryRun, Actor actor) {
    return transactions.call(() ->
        checkpoints
            .lock(id)
            .map(checkpoint -> {
              Map<String, String> referrers = referrers(Set.of(id));
              if (!referrers.isEmpty()) {
                return new Referred(String.join(", ", referrers.values()), checkpoint.bytes());
              }
              if (!dryRun) {
                checkpoints.markDeleting(Set.of(id));
                audit.record(actor, "checkpoint.delete", "/api/v1/checkpoints/" + id, "");
              }
              return new Disposed(checkpoint.bytes());
            })
            .orElseGet(Unknown::new));
  }

  private Map<String, String> referrers(Set<String> ids) {
    Map<String, String> all = new HashMap<>();
    for (CheckpointReferences each : references) {
      each.among(new HashSet<>(ids)).forEach((id, by) -> all.merge(id, by, (a, b) -> a + ", " + b));
    }
    return all;
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
