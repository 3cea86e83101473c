package org.transnormer.corpus.audit;

import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.transnormer.support.events.AuditEvent;
import org.transnormer.support.events.Topics;
import org.transnormer.support.outbox.Outbox;
import org.transnormer.support.security.Caller;

/** Tells the door, which keeps the audit trail of the platform. */
final class OutboxAudit implements Audit {
  private static final String SERVICE = "corpus";

  private final Outbox outbox;
  private final Clock clock;

  OutboxAudit(Outbox outbox, Clock clock) {
    this.outbox = outbox;
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
}
