package org.transnormer.trainer.runs.kafka;

import org.jspecify.annotations.Nullable;
import org.transnormer.support.events.RunEnded;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.trainer.runs.RunEvents;
import org.transnormer.trainer.runs.RunState.Failed;
import org.transnormer.trainer.runs.TrainingRun;

/** {@link RunEvents} as events. */
public final class OutboxRunEvents implements RunEvents {

  private final Outbox outbox;

  public OutboxRunEvents(Outbox outbox) {
    this.outbox = outbox;
  }

  @Override
  public void ended(TrainingRun run) {
    @Nullable String reason = run.state() instanceof Failed failed ? failed.reason() : null;
    outbox.publish(
        Topics.RUN_ENDED,
        run.id(),
        new RunEnded(run.id(), run.state().label(), run.finalCheckpoint().orElse(null), reason));
  }
}
