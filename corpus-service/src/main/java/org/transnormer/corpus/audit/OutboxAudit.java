package org.transnormer.corpus.audit;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.Caller;

/** Tells the door, which keeps the audit trail of the platform. */
final class OutboxAudit implements Audit {
  private static final String SERVICE = "corpus";

  private final Outbox outbox;
  private final Launches launches;
  private final Clock clock;

  OutboxAudit(Outbox outbox, Launches launches, Clock clock) {
    this.outbox = outbox;
    this.launches = launches;
    this.clock = clock;
  }

  @Override
  public void record(Caller caller, String action, String resource, @Nullable String detail) {
    outbox.publish(
        Topics.AUDIT,
        resource,
        new AuditEvent(
            caller.subject(),
            caller.role().text(),
            action,
            resource,
            clock.instant(),
            SERVICE,
            detail));
  }

  @Override
  public void launched(Caller caller, String action, String resource, @Nullable String detail) {
    record(caller, action, resource, detail);
    launches.launched(resource);
  }
}
