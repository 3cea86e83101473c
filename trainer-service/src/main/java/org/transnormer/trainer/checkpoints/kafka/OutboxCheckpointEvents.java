package org.transnormer.trainer.checkpoints.kafka;

import java.util.Optional;
import org.transnormer.support.events.CheckpointCommitted;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.trainer.checkpoints.Checkpoint;
import org.transnormer.trainer.checkpoints.CheckpointEvents;

/** {@link CheckpointEvents} as events. */
public final class OutboxCheckpointEvents implements CheckpointEvents {

  private final Outbox outbox;

  public OutboxCheckpointEvents(Outbox outbox) {
    this.outbox = outbox;
  }

  @Override
  public void committed(Checkpoint checkpoint) {
    outbox.publish(
        Topics.CHECKPOINT_COMMITTED,
        checkpoint.id(),
        new CheckpointCommitted(
            checkpoint.id(),
            Optional.ofNullable(checkpoint.runId()).orElse(""),
            checkpoint.step(),
            checkpoint.prefix(),
            checkpoint.manifestDigest()));
  }
}
