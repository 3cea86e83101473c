package org.transnormer.trainer.launch;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.transnormer.artifacts.failpoints.FailPoints;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.CheckpointEvents;
import org.transnormer.trainer.checkpoints.CheckpointFiles;
import org.transnormer.trainer.checkpoints.CheckpointFiles.Facts;
import org.transnormer.trainer.checkpoints.Checkpoints;
import org.transnormer.trainer.checkpoints.DisposeCheckpoints;
import org.transnormer.trainer.checkpoints.RetentionPolicy;
import org.transnormer.trainer.checkpoints.UnusableCheckpointException;
import org.transnormer.trainer.runs.RunAttempts;
import org.transnormer.trainer.runs.RunState.Running;
import org.transnormer.trainer.runs.TrainingRun;
import org.transnormer.trainer.runs.TrainingRuns;
import org.transnormer.trainer.sql.Transactions;

/** Puts a checkpoint that a worker has written on record, if the worker still owns the run. */
public final class CommitCheckpoint {

  private final TrainingRuns runs;
  private final RunAttempts attempts;
  private final Checkpoints checkpoints;
  private final CheckpointFiles files;
  private final CheckpointEvents events;
  private final DisposeCheckpoints dispose;
  private final Fence fence;
  private final Transactions transactions;
  private final Supplier<String> ids;
  private final Duration lease;
  private final Executor afterwards;

  /**
   * @param afterwards gives up older checkpoints while the worker goes on
   */
  public CommitCheckpoint(
      TrainingRuns runs,
      RunAttempts attempts,
      Checkpoints checkpoints,
      CheckpointFiles files,
      CheckpointEvents events,
      DisposeCheckpoints dispose,
      Transactions transactions,
      Supplier<String> ids,
      Duration lease,
      Executor afterwards) {
    this.runs = runs;
    this.attempts = attempts;
    this.checkpoints = checkpoints;
    this.files = files;
    this.events = events;
    this.dispose = dispose;
    this.fence = new Fence(runs);
    this.transactions = transactions;
    this.ids = ids;
    this.lease = lease;
    this.afterwards = afterwards;
  }

  /** As the worker reports it. */
  public record Report(
      long epoch,
      long step,
      String prefix,
      String manifestDigest,
      OptionalDouble loss,
      OptionalDouble heldoutLoss) {}

  /**
   * @param root prefix below which this attempt writes
   * @return id of the checkpoint; the same for the same report
   * @throws UnusableCheckpointException naming what is wrong with it
   * @throws StaleAttemptException when the run has moved on
   */
  public String commit(String runId, int attempt, String root, Report report)
      throws IOException, UnusableCheckpointException {
    if (!report.prefix().equals(root + "/step-" + report.step())) {
      throw new UnusableCheckpointException(
          "step %d of this attempt belongs under %s/step-%d, not %s"
              .formatted(report.step(), root, report.step(), report.prefix()));
    }
    Facts facts = files.inspect(report.prefix());
    if (!facts.manifestDigest().equals(report.manifestDigest())) {
      throw new UnusableCheckpointException(
          "the manifest at %s has digest %s, reported was %s"
              .formatted(report.prefix(), facts.manifestDigest(), report.manifestDigest()));
    }
    FailPoints.hit("trainer.checkpoint.beforeCommit");
    TrainingRun[] committed = new TrainingRun[1];
    String id =
        transactions.call(() -> {
          Fence.Passed passed = fence.pass(runId, attempt, report.epoch());
          committed[0] = passed.run();
          attempts.alive(runId, attempt, lease);
          return checkpoints
              .findByPrefix(report.prefix())
              .map(Checkpoint::id)
              .orElseGet(() -> add(passed, attempt, report, facts));
        });
    FailPoints.hit("trainer.checkpoint.afterCommit");
    afterwards.execute(() -> retain(committed[0]));
    return id;
  }

  private String add(Fence.Passed passed, int attempt, Report report, Facts facts) {
    TrainingRun run = passed.run();
    Checkpoint checkpoint =
        new Checkpoint(
            ids.get(),
            new Checkpoint.FromRun(run.id(), attempt),
            report.step(),
            report.prefix(),
            report.manifestDigest(),
            facts.bytes(),
            Optional.of(run.spec().data().tokenSetId()),
            Optional.of(run.spec().data().snapshotId()),
            report.loss(),
            report.heldoutLoss(),
            new Checkpoint.Committed(),
            runs.now());
    checkpoints.add(checkpoint);
    events.committed(checkpoint);
    TrainingRun changed =
        passed.state() instanceof Running running ? run.in(running.advance(), runs.now()) : run;
    runs.save(changed.withCheckpoints(best(run, checkpoint), run.finalCheckpoint()));
    return checkpoint.id();
  }

  /** The one with the lowest held-out loss; the newer of two equal ones. */
  private Optional<String> best(TrainingRun run, Checkpoint candidate) {
    if (candidate.heldoutLoss().isEmpty()) {
      return run.bestCheckpoint();
    }
    OptionalDouble lowest =
        run.bestCheckpoint()
            .flatMap(checkpoints::find)
            .map(Checkpoint::heldoutLoss)
            .orElse(OptionalDouble.empty());
    boolean better =
        lowest.isEmpty() || candidate.heldoutLoss().getAsDouble() <= lowest.getAsDouble();
    return better ? Optional.of(candidate.id()) : run.bestCheckpoint();
  }

  private void retain(TrainingRun run) {
    dispose.retain(
        run.id(),
        new RetentionPolicy(run.spec().training().checkpoints().keep(), run.spec().keepEvery()));
    dispose.sweep();
  }
}
