package org.transnormer.trainer.audit.kafka;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.trainer.audit.Actor;
import org.transnormer.trainer.audit.Audit;

/** {@link Audit} as events. */
public final class OutboxAudit implements Audit {

  private static final String SERVICE = "trainer";

  private final Outbox outbox;
  private final Launches launches;
  private final Clock clock;

  public OutboxAudit(Outbox outbox, Launches launches, Clock clock) {
    this.outbox = outbox;
    this.launches = launches;
    this.clock = clock;
  }

  @Override
  public void record(Actor actor, String action, String resource, String detail) {
    outbox.publish(
        Topics.AUDIT,
        resource,
        new AuditEvent(
            actor.subject(),
            actor.role(),
            action,
            resource,
            clock.instant().truncatedTo(ChronoUnit.MICROS),
            SERVICE,
            detail.isEmpty() ? null : detail));
  }

  @Override
  public void launched(Actor actor, String action, String resource, String detail) {
    record(actor, action, resource, detail);
    launches.launched(resource);
  }
}
