package org.transnormer.cleaning.work.kafka;

import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.transnormer.cleaning.work.Actor;
import org.transnormer.cleaning.work.AuditTrail;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.outbox.Outbox;

@Component
class OutboxAuditTrail implements AuditTrail {

  private static final String SERVICE = "cleaning";

  private final Outbox outbox;
  private final Launches launches;
  private final InstantSource clock;

  OutboxAuditTrail(Outbox outbox, Launches launches, InstantSource clock) {
    this.outbox = outbox;
    this.launches = launches;
    this.clock = clock;
  }

  @Override
  public void record(Actor actor, String action, String resource, @Nullable String detail) {
    outbox.publish(
        Topics.AUDIT,
        resource,
        new AuditEvent(
            actor.subject(), actor.role(), action, resource, clock.instant(), SERVICE, detail));
  }

  @Override
  public void launched(Actor actor, String action, String resource, @Nullable String detail) {
    record(actor, action, resource, detail);
    launches.launched(resource);
  }
}
