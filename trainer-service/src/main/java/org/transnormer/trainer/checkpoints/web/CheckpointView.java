package org.transnormer.trainer.checkpoints.web;

import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.Checkpoint.Corrupt;
import org.transnormer.trainer.checkpoints.Checkpoint.FromOutside;
import org.transnormer.trainer.checkpoints.Checkpoint.FromRun;

/**
 * A checkpoint.
 *
 * @param prefix of its keys in the object store
 * @param state committed, corrupt, deleting or deleted; only a committed one can be used
 * @param reason what is wrong with a corrupt one
 * @param source where one from outside came from
 */
record CheckpointView(
    String id,
    @Nullable String runId,
    @Nullable Integer attempt,
    long step,
    String prefix,
    String manifestDigest,
    long bytes,
    @Nullable String tokenSetId,
    @Nullable String snapshotId,
    @Nullable Double loss,
    @Nullable Double heldoutLoss,
    String state,
    @Nullable String reason,
    @Nullable String source,
    Instant createdAt) {

  static CheckpointView of(Checkpoint checkpoint) {
    @Nullable FromRun run = checkpoint.origin() instanceof FromRun origin ? origin : null;
    return new CheckpointView(
        checkpoint.id(),
        run == null ? null : run.runId(),
        run == null ? null : Integer.valueOf(run.attempt()),
        checkpoint.step(),
        checkpoint.prefix(),
        checkpoint.manifestDigest(),
        checkpoint.bytes(),
        checkpoint.tokenSetId().orElse(null),
        checkpoint.snapshotId().orElse(null),
        nullable(checkpoint.loss()),
        nullable(checkpoint.heldoutLoss()),
        checkpoint.label(),
        checkpoint.state() instanceof Corrupt(String reason) ? reason : null,
        checkpoint.origin() instanceof FromOutside(String uri) ? uri : null,
        checkpoint.createdAt());
  }

  private static @Nullable Double nullable(OptionalDouble value) {
    return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
  }
}
