package org.transnormer.trainer.aliases.kafka;

import java.util.Optional;
import org.transnormer.support.events.AliasMoved;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.trainer.aliases.Alias;
import org.transnormer.trainer.aliases.AliasEvents;

/** {@link AliasEvents} as events. */
public final class OutboxAliasEvents implements AliasEvents {

  private final Outbox outbox;

  public OutboxAliasEvents(Outbox outbox) {
    this.outbox = outbox;
  }

  @Override
  public void moved(Alias alias, Optional<String> previousCheckpoint) {
    outbox.publish(
        Topics.ALIAS_MOVED,
        alias.name(),
        new AliasMoved(alias.name(), alias.checkpointId(), previousCheckpoint.orElse(null)));
  }
}
