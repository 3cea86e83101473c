package org.transnormer.corpus.audit;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.transnormer.support.idempotency.Launches;
import org.transnormer.support.outbox.Outbox;

/** Wiring of the audit trail. */
@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

  @Bean
  Audit audit(Outbox outbox, Launches launches, Clock clock) {
    return new OutboxAudit(outbox, launches, clock);
  }
}
